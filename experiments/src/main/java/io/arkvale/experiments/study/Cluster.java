package io.arkvale.experiments.study;

import io.arkvale.experiments.UserException;
import java.util.ServiceLoader;

/** Machines beyond this one. An add-on provides it, so that nobody carries its libraries who does not need them. */
public interface Cluster {
    /**
     * Workers of a cluster; closing them leaves it.
     *
     * @param master where it is
     * @throws UserException if it cannot be reached
     */
    Workers workers(String master);

    /** The add-on's. */
    static Cluster found() {
        return ServiceLoader.load(Cluster.class)
                .findFirst()
                .orElseThrow(
                        () -> new UserException(
                                "--spark needs Apache Spark, which this distribution does not carry; in a source checkout build it"
                                        + " once with 'mvn -Pspark -DskipTests package', or set ARKVALE_SPARK to a folder of it"));
    }
}
