package dev.understudy.app;

import dev.understudy.governance.Operators;
import dev.understudy.governance.Role;
import dev.understudy.platform.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.beans.factory.InitializingBean;

/// The first operator's token, in a file that only the owner of the data folder can read: there is
/// no default password. Made when the folder has none, or when the database knows no token at all.
final class FirstToken implements InitializingBean {
    private final Path data;
    private final Operators operators;

    FirstToken(Path data, Operators operators) {
        this.data = data;
        this.operators = operators;
    }

    @Override
    public void afterPropertiesSet() {
        Path file = data.resolve("operator.token");
        if (Files.exists(file) && !operators.tokens().isEmpty()) {
            return;
        }
        byte[] suffix = new byte[4];
        new SecureRandom().nextBytes(suffix);
        String name = "operator-" + HexFormat.of().formatHex(suffix);
        try {
            Files.createDirectories(data);
            PrivateFiles.write(
                    file, operators.issue("system", name, Role.ADMIN, Optional.empty()).secret());
        } catch (IOException e) {
            throw new UncheckedIOException("the first token cannot be written to " + file, e);
        }
    }
}
