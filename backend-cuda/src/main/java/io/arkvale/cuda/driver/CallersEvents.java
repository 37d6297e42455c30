package io.arkvale.cuda.driver;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The two calls of the driver that take an event of the caller's, which is a number: JCuda has no way to make an event of
 * one. Loaded when they are first needed, from the library that JCuda has loaded.
 */
final class CallersEvents {
    private static final MethodHandle AWAIT = DriverLibrary.handle(
            "cuStreamWaitEvent",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private static final MethodHandle RECORD = DriverLibrary.handle(
            "cuEventRecord", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private CallersEvents() {}

    static int await(long stream, long event) {
        try {
            return (int) AWAIT.invokeExact(stream, event, 0);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }

    static int record(long event, long stream) {
        try {
            return (int) RECORD.invokeExact(event, stream);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }
}
