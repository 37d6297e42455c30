package io.arkvale.api;

/** A call of a feature that the backend's {@link Capabilities} do not declare. */
public final class UnsupportedFeatureException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error for a feature that is not declared. */
    public UnsupportedFeatureException(Capabilities.Feature feature) {
        this("this backend does not support " + feature.words());
    }

    /** Creates the error with one clear sentence. */
    public UnsupportedFeatureException(String message) {
        super(message);
    }
}
