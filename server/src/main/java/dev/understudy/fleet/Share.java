package dev.understudy.fleet;

import dev.understudy.platform.Problem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// So many of some hosts: a number (`2`), or a percentage (`50%`).
public record Share(int number, boolean percent) {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})(%?)");

    public Share {
        if (number < 1 || (percent && number > 100)) {
            throw new IllegalArgumentException(
                    "a share of %d%s; expected a number from 1, or 1%% to 100%%"
                            .formatted(number, percent ? "%" : ""));
        }
    }

    /// @throws Problem if the text is no share
    public static Share parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        try {
            return new Share(Integer.parseInt(matcher.group(1)), !matcher.group(2).isEmpty());
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
    }

    private static Problem invalid(String text) {
        return Problem.invalid(
                "share-invalid",
                "'%s' is no share of hosts. Write a number such as 2, or a percentage such as 50%%."
                        .formatted(text));
    }

    /// At least that many of `hosts`: percentages are rounded up.
    public int atLeastOf(int hosts) {
        return percent ? Math.ceilDiv(hosts * number, 100) : number;
    }

    /// At most that many of `hosts`: percentages are rounded down, but never to none.
    public int atMostOf(int hosts) {
        return percent ? Math.max(1, hosts * number / 100) : number;
    }

    @Override
    public String toString() {
        return number + (percent ? "%" : "");
    }
}
