package dev.understudy.platform;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/// Connections of a process that dies at its n-th commit, just before or just after the database
/// has it; from then on nothing reaches the database any more.
public final class MortalSource implements DataSource {
    private final DataSource source;
    private final int diesAt;
    private final boolean afterwards;
    private int commits;
    private boolean dead;

    public MortalSource(DataSource source, int diesAt, boolean afterwards) {
        this.source = source;
        this.diesAt = diesAt;
        this.afterwards = afterwards;
    }

    public boolean dead() {
        return dead;
    }

    public int commits() {
        return commits;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (dead) {
            throw new SQLException("the process is dead");
        }
        Connection real = source.getConnection();
        return (Connection)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            try {
                                if (method.getName().equals("commit") && ++commits == diesAt) {
                                    dead = true;
                                    if (afterwards) {
                                        real.commit();
                                    } else {
                                        real.rollback();
                                    }
                                    throw new SQLException("the process died at commit " + diesAt);
                                }
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.isWrapperFor(type);
    }
}
