package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaLevelTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();

    @AfterEach
    void asItWas() {
        needs("202611260412");
    }

    @Test
    void aSchemaThatIsOnlyNewerIsWorkedOn() {
        database.sql(
                        """
                        insert into public.flyway_schema_history
                            (installed_rank, version, description, type, script, checksum,
                             installed_by, execution_time, success)
                        select max(installed_rank) + 1, '299901010000', 'of the next version',
                               'SQL', 'platform/V299901010000__of_the_next_version.sql', 1, 'next',
                               1, true
                        from public.flyway_schema_history
                        """)
                .update();
        try {
            assertThatCode(database::migrate).doesNotThrowAnyException();
        } finally {
            database.sql("delete from public.flyway_schema_history where version = '299901010000'")
                    .update();
        }
    }

    @Test
    void aSchemaThatNeedsNewerServersIsRefusedInSoManyWords() {
        needs("299901010000");
        assertThatThrownBy(database::migrate)
                .isInstanceOf(TooOldException.class)
                .hasMessageContaining("needs servers that know 299901010000")
                .hasMessageContaining(SchemaLevel.newest())
                .hasMessageContaining("Upgrade this replica");
    }

    @Test
    void aServerThatRunsLearnsThatItMayNotAnyMore() throws Exception {
        BlockingQueue<TooOldException> told = new LinkedBlockingQueue<>();
        try (SchemaWatch watch = new SchemaWatch(database, Duration.ofMillis(5), told::add)) {
            watch.start();
            assertThat(told).isEmpty();
            needs("299901010000");
            assertThat(told.take()).hasMessageContaining("299901010000");
        }
    }

    @Test
    void ofServersThatStartAtOnceOneMigrates() throws Exception {
        DataSource fresh = DATABASE.fresh();
        List<Callable<Database>> servers =
                List.of(
                        new Database(fresh)::migrate,
                        new Database(fresh)::migrate,
                        new Database(fresh)::migrate);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Database> started : threads.invokeAll(servers)) {
                started.get();
            }
        }
        assertThat(history(new Database(fresh))).isEqualTo(history(database));
    }

    private static List<String> history(Database of) {
        return of.sql(
                        """
                        select version
                        from public.flyway_schema_history
                        where success
                        order by installed_rank
                        """)
                .query(String.class)
                .list();
    }

    private void needs(String version) {
        database.sql("update platform.compatibility set needs = :needs")
                .param("needs", version)
                .update();
    }
}
