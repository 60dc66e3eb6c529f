namespace Kappa.Cli.Fetching;

/// <summary>Shows the commands, asks, runs them, and looks at what they brought.</summary>
internal sealed class FetchSession(CommandContext context)
{
    /// <summary>Fetches what is not there.</summary>
    /// <param name="wanted">What is to be there afterwards.</param>
    /// <param name="isAgreed">Whether the user has agreed to everything beforehand.</param>
    /// <returns>The exit code.</returns>
    internal int Fetch(IReadOnlyList<Fetchable> wanted, bool isAgreed)
    {
        var before = wanted.Select(one => (One: one, Presence: one.Look())).ToArray();
        var needed = before.Where(state => state.Presence.Kind != PresenceKind.Intact).ToArray();
        Report(before.Except(needed));
        if (needed.Length == 0)
        {
            context.Output.WriteLine("Everything is there; nothing to fetch.");
            return ExitCode.Done;
        }
        RefuseNamedElsewhere(needed);
        bool replaces = needed.Any(state => state.Presence.Kind == PresenceKind.Damaged);
        var plan = FetchPlan.Of([.. needed.Select(state => state.One)], context.Fetchables, replaces, context.Processes);
        foreach (string problem in plan.Problems)
            context.Error.WriteLine($"error: {problem}");
        if (plan.Steps.Count == 0)
            return ExitCode.Failed;
        Show(needed, plan);
        if (!isAgreed && !IsAgreed())
            return ExitCode.BadUsage;
        bool isDone = Run(plan.Steps) && plan.Problems.Count == 0;
        context.Output.WriteLine();
        var after = needed.Select(state => (state.One, Presence: state.One.Look())).ToArray();
        Report(after);
        return isDone && after.All(state => state.Presence.Kind == PresenceKind.Intact) ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>What a package manager brings is not looked at where a variable names another place.</summary>
    private static void RefuseNamedElsewhere(IEnumerable<(Fetchable One, Presence Presence)> needed)
    {
        foreach (var (one, presence) in needed)
        {
            if (Environment.GetEnvironmentVariable(one.EnvironmentVariable) is { Length: > 0 } place)
            {
                throw new UsageException(
                    $"{one.Name}: {one.EnvironmentVariable} says that it is at {place}, and no other place is looked at: {presence.Describe()}. "
                    + "Unset the variable to use what is fetched");
            }
        }
    }

    private void Show(IEnumerable<(Fetchable One, Presence Presence)> needed, FetchPlan plan)
    {
        foreach (var (one, presence) in needed)
            context.Output.WriteLine(presence.Kind == PresenceKind.Damaged ? $"{one.Name} is damaged: {presence.Text}" : $"{one.Name} is missing.");
        context.Output.WriteLine("These commands will be run:");
        foreach (var step in plan.Steps)
            context.Output.WriteLine($"  {step.Text}\n      downloads {step.Downloads}");
    }

    private bool IsAgreed()
    {
        if (context.ReadAnswer is not { } read)
        {
            context.Error.WriteLine("error: there is no terminal to ask on, so nothing was run. --yes agrees to these commands beforehand");
            return false;
        }
        context.Output.Write("Proceed? [y/N] ");
        context.Output.Flush();
        if (read()?.Trim().ToUpperInvariant() is "Y" or "YES")
            return true;
        context.Error.WriteLine("Nothing was fetched.");
        return false;
    }

    private bool Run(IReadOnlyList<FetchStep> steps)
    {
        using var interruption = new Interruption(context.Error, "waiting for the package manager to stop");
        bool isDone = true;
        foreach (var step in steps)
        {
            context.Output.WriteLine($"\n> {step.Text}");
            context.Output.Flush();
            int code = context.Processes.Run(step.Command, interruption.Token);
            interruption.Token.ThrowIfCancellationRequested();
            if (code == 0)
                continue;
            isDone &= step.MayFail;
            context.Error.WriteLine($"{(step.MayFail ? "warning" : "error")}: {step.Text}: ended with exit code {code}");
        }
        return isDone;
    }

    private void Report(IEnumerable<(Fetchable One, Presence Presence)> states)
    {
        foreach (var (one, presence) in states)
            context.Output.WriteLine($"{one.Name,-18} {presence.Describe()}");
    }
}
