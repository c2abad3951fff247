package dev.understudy.agent.orders;

import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Report;
import java.util.List;

/// Orders and reports in words, for the log and for people.
public final class Sentences {
    private Sentences() {}

    public static String of(OrderBody body) {
        return switch (body) {
            case OrderBody.Refresh _ -> "refresh the package lists";
            case OrderBody.Rehearse r ->
                    "rehearse %d package changes".formatted(r.plan().changes().size());
            case OrderBody.Apply a ->
                    "apply %d package changes".formatted(a.plan().changes().size());
            case OrderBody.Restore r -> "restore checkpoint " + r.checkpoint();
            case OrderBody.RestartUnits r -> "restart " + String.join(", ", r.units());
            case OrderBody.Reboot _ -> "reboot";
        };
    }

    public static String of(Report report) {
        return switch (report) {
            case Report.Accepted _ -> "accepted";
            case Report.Refused r -> "refused, %s: %s".formatted(r.code(), r.detail());
            case Report.Progress p ->
                    p.detail().isEmpty() ? p.phase() : p.phase() + ": " + p.detail();
            case Report.Failed f -> "failed: " + f.detail();
            case Report.Refreshed r -> "refreshed; %d packages pending".formatted(r.pending());
            case Report.Rehearsed r ->
                    "rehearsed: " + r.result().verdict() + because(r.result().reasons());
            case Report.Applied a ->
                    "applied: " + a.result().outcome() + because(a.result().reasons());
            case Report.Restored r ->
                    "restored: "
                            + (r.result().complete() ? "complete" : "INCOMPLETE")
                            + because(r.result().reasons());
            case Report.UnitsRestarted u ->
                    "units restarted; %d checks not healthy".formatted(u.checks().size());
            case Report.Rebooted r -> "rebooted into " + r.kernel();
        };
    }

    private static String because(List<String> reasons) {
        return reasons.isEmpty() ? "" : ": " + String.join("; ", reasons);
    }
}
