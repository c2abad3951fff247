package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The whole loop over a database of its own, which is empty before each test.
abstract class LoopTest {
    private final TestDatabase source;
    Pooled pool;
    World world;

    LoopTest(TestDatabase source) {
        this.source = source;
    }

    @BeforeEach
    final void empty() {
        pool = new Pooled(source.get());
        Database database = pool.database();
        Emptied.all(database);
        world = new World(database);
    }

    @AfterEach
    final void close() {
        pool.close();
    }
}
