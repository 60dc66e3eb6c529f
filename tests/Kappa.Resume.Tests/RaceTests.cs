using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>Processes that come to one folder at any moment, each doing what it likes.</summary>
[Collection(Workplace.Collection)]
public sealed class RaceTests(Workplace workplace, ITestOutputHelper output)
{
    private static readonly int Rounds = Size.IsFull ? 25 : 1;

    public static TheoryData<string> Studies() => [.. Study.All.Select(study => study.Name)];

    [SkippableTheory]
    [MemberData(nameof(Studies))]
    public void Processes_that_start_resume_and_start_over_at_once_leave_one_whole_run(string name)
    {
        workplace.Require();
        var images = workplace.ImagesOf(Study.Named(name));
        var violations = new Violations($"{name}, processes at any moment", output);
        var generator = new Random(name.Length);
        // In the sample each study begins on another folder: none yet, an interrupted run, a finished one.
        int first = Size.IsFull ? 0 : Study.All.ToList().FindIndex(study => study.Name == name);
        violations.Report([.. Enumerable.Range(first, Rounds).Select(round => Race(images, round, generator))]);
    }

    private List<string> Race(RunImages images, int round, Random generator)
    {
        var bench = workplace.Bench;
        bench.Restore(round % 3 == 0 ? null : round % 3 == 1 ? images.InterruptedFolder : images.FinishedFolder);
        var found = new List<string>();
        var words = new List<string>();
        var commands = new List<Command>();
        for (int count = Size.IsFull ? 2 + generator.Next(5) : 3; commands.Count < count;)
        {
            string[] start = images.Study.Start(Edition.New, Bench.RunArgument);
            string[] arguments = generator.Next(3) switch { 0 => start, 1 => [.. start, "--force"], _ => images.Study.Resume(Bench.RunArgument) };
            words.Add(arguments.Contains("--force") ? "--force" : arguments.Contains("--resume") ? "--resume" : "start");
            commands.Add(bench.Begin(arguments));
            Thread.Sleep(generator.Next(250));
        }
        Outcome[] outcomes = [.. commands.Select(command => command.Finish())];
        commands.ForEach(command => command.Dispose());
        string title = $"{images.Study.Name}, round {round}: {string.Join(", ", words)}";
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].Code is not (0 or 2))
                found.Add($"{title}: {words[i]}: {outcomes[i].Describe()}");
        }
        found.AddRange(MetricsFiles.BrokenLines(bench.Box).Select(line => $"{title}: {line}"));
        // Where there is a run, one that may write must come to it.
        if (outcomes.All(outcome => outcome.Code != 0) && round % 3 != 0 && words.Exists(word => word != "start"))
            found.Add($"{title}: none ran");
        if (outcomes.Any(outcome => outcome.Code == 0) && bench.Look().DifferenceFrom(images.Finished) is { } difference)
            found.Add($"{title}: {difference}");
        return found;
    }
}
