/**
 * Result tables: a {@link io.arkvale.experiments.report.Report} has columns, which are declared once as
 * {@link io.arkvale.experiments.report.Metric metrics}, and rows with their {@link io.arkvale.experiments.report.Origin}.
 * {@code Formats} writes it for programs, {@code TextTable} for terminals, {@code OutputDirectory} into files, and with {@code ParquetTable} as
 * Parquet;
 * {@code CsvRows} reads CSV, and {@code Rows} picks rows by the values of their columns.
 */
@NullMarked
package io.arkvale.experiments.report;

import org.jspecify.annotations.NullMarked;
