package io.arkvale.cuda.driver;

import io.arkvale.api.Availability;
import io.arkvale.api.Availability.Available;
import io.arkvale.api.Availability.Unavailable;
import io.arkvale.cuda.kernel.Store;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Finds out whether a GPU can be used here. The only class that meets a machine without a driver. */
public final class Probe {
    /** The images are of CUDA 13.0, whose machine code and PTX older drivers do not read. */
    public static final int NEEDED_DRIVER = 13_000;

    /** A class whose initialiser failed says why only once. */
    private static @Nullable Unavailable unlinked;

    private Probe() {}

    /** Whether a GPU can be used, with what a store needs. */
    public static synchronized Availability device(int number, Store store) {
        var known = unlinked;
        if (known != null) {
            return known;
        }
        try {
            return ask(number, store);
        } catch (LinkageError e) {
            var reason = unlinked(e);
            unlinked = reason;
            return reason;
        }
    }

    private static Availability ask(int number, Store store) {
        var version = new int[1];
        var init = JCudaDriver.cuInit(0);
        if (init == CUresult.CUDA_ERROR_NO_DEVICE) {
            return new Unavailable("the NVIDIA driver finds no GPU", "run on a machine with one, and check nvidia-smi");
        }
        if (init != CUresult.CUDA_SUCCESS) {
            return new Unavailable("the NVIDIA driver does not start: " + CUresult.stringFor(init), "check nvidia-smi");
        }
        JCudaDriver.cuDriverGetVersion(version);
        return version[0] < NEEDED_DRIVER ? tooOld(version[0]) : ask(number, store, version[0]);
    }

    private static Availability ask(int number, Store store, int driver) {
        var count = new int[1];
        JCudaDriver.cuDeviceGetCount(count);
        if (number >= count[0]) {
            return new Unavailable(
                    "there is no GPU " + number + ", the driver shows " + count[0],
                    "choose one of them with the option device, or set CUDA_VISIBLE_DEVICES");
        }
        var device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, number);
        int major = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        if (major * 10 + minor < store.capability()) {
            return tooWeak(name(device), major * 10 + minor, store);
        }
        return new Available(
                name(device) + ", compute capability " + major + "." + minor + ", driver for CUDA " + version(driver));
    }

    /** A GPU's compute capability, times ten, is below what a store needs. */
    public static Unavailable tooWeak(String name, int capability, Store store) {
        var needed = store.capability() / 10.0 + " or later";
        return new Unavailable(
                name + " has compute capability " + capability / 10.0 + ", store=" + store.option() + " needs "
                        + needed,
                "use a GPU of compute capability " + needed + (store == Store.FP8 ? ", or store=int8" : ""));
    }

    public static Unavailable tooOld(int found) {
        return new Unavailable(
                "the NVIDIA driver is for CUDA " + version(found) + ", needed is " + version(NEEDED_DRIVER)
                        + " or later",
                "update the driver to version 580 or later");
    }

    public static Unavailable unlinked(LinkageError error) {
        var message = String.valueOf(error.getMessage()) + error.getCause();
        if (message.contains("libcuda.so")) {
            return new Unavailable(
                    "there is no NVIDIA driver: libcuda.so.1 is not found", "install the driver, version 580 or later");
        }
        return new Unavailable(
                "JCuda's native library cannot be loaded: "
                        + error.toString().lines().findFirst().orElse(""),
                "on Linux x86-64, put the jar of jcuda-natives on the class path beside jcuda's, or on the module path"
                        + " with --patch-module jcuda=JAR");
    }

    public static String name(CUdevice device) {
        var bytes = new byte[256];
        JCudaDriver.cuDeviceGetName(bytes, bytes.length, device);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    public static int attribute(CUdevice device, int attribute) {
        var value = new int[1];
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
        return value[0];
    }

    private static String version(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }
}
