package io.arkvale.conformance.wrong;

import static java.util.Objects.requireNonNull;

import io.arkvale.api.BackendProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Classes of the core and of the example, loaded apart from everybody else's, those of one source file from a changed text. */
final class PatchedClasses extends ClassLoader {
    private static final List<String> OWN_PACKAGES = List.of("io.arkvale.core.", "org.example.kvcache.");

    private final Map<String, ByteArrayOutputStream> compiled;

    private PatchedClasses(Map<String, ByteArrayOutputStream> compiled) {
        super(PatchedClasses.class.getClassLoader());
        this.compiled = compiled;
    }

    static PatchedClasses of(List<WrongBackend.Patch> patches) {
        var compiled = new HashMap<String, ByteArrayOutputStream>();
        try {
            for (var patch : patches) {
                compile(patch.source(), patched(patch), compiled);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PatchedClasses(compiled);
    }

    private static String patched(WrongBackend.Patch patch) throws IOException {
        var text = Files.readString(patch.source());
        var changes = patch.changes();
        for (int i = 0; i < changes.size(); i += 2) {
            var right = changes.get(i);
            int at = text.indexOf(right);
            if (at < 0 || text.indexOf(right, at + 1) >= 0) {
                throw new AssertionError(patch.source() + " does not have this text exactly once: " + right);
            }
            text = text.replace(right, changes.get(i + 1));
        }
        return text;
    }

    private static void compile(Path source, String text, Map<String, ByteArrayOutputStream> classes)
            throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try (var files = new InMemory(compiler.getStandardFileManager(null, null, null), classes)) {
            var unit = new SimpleJavaFileObject(source.toUri(), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            };
            var options = List.of("-proc:none", "-implicit:none", "-classpath", classPath);
            if (!compiler.getTask(messages, files, null, options, null, List.of(unit))
                    .call()) {
                throw new AssertionError("the mistake does not compile: " + messages);
            }
        }
    }

    /** Keeps what is compiled. */
    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(name, any -> new ByteArrayOutputStream());
                }
            };
        }
    }

    BackendProvider provider(String name) {
        try {
            return (BackendProvider) loadClass(name).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            if (OWN_PACKAGES.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            var bytes = compiled.containsKey(name)
                    ? requireNonNull(compiled.get(name)).toByteArray()
                    : fromParent(name);
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    private byte[] fromParent(String name) throws ClassNotFoundException {
        try (var stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (stream == null) {
                throw new ClassNotFoundException(name);
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
