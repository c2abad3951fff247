package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void undoesEverythingOfATransactionThatFails() {
        Database database = DATABASE.get();
        database.sql("create table platform.probe (n int)").update();
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        () -> {
                                            database.sql("insert into platform.probe values (1)")
                                                    .update();
                                            throw new IllegalStateException("stop");
                                        }))
                .hasMessage("stop");
        assertThat(database.sql("select count(*) from platform.probe").query(Long.class).single())
                .isZero();
    }
}
