using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>Several processes on one folder: one writes, the others say which.</summary>
[Collection(Workplace.Collection)]
public sealed class SharedFolderTests(Workplace workplace, ITestOutputHelper output)
{
    // Late enough that the writer is known, early enough that all is still to do.
    private const int PauseAt = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    public enum How
    {
        /// <summary>All start the run.</summary>
        Start,

        /// <summary>All continue an interrupted run.</summary>
        Resume,

        /// <summary>All start over in the folder of a finished run of another config.</summary>
        Force,

        /// <summary>On an interrupted run, some continue it and some start it over.</summary>
        Mixed,
    }

    public static TheoryData<string, int, How> Cases()
    {
        var cases = new TheoryData<string, int, How>();
        if (Size.IsFull)
        {
            foreach (var study in Study.All)
            {
                foreach (int count in new[] { 2, 4, 8 })
                {
                    foreach (var how in Enum.GetValues<How>())
                        cases.Add(study.Name, count, how);
                }
            }
            return cases;
        }
        cases.Add("compare", 2, How.Start);
        cases.Add("train", 4, How.Resume);
        cases.Add("reproduce", 2, How.Force);
        cases.Add("train", 8, How.Mixed);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Of_several_processes_on_one_folder_one_writes_and_the_others_exit_with_2_and_name_it(string name, int count, How how)
    {
        workplace.Require();
        var images = workplace.ImagesOf(Study.Named(name));
        var bench = workplace.Bench;
        string title = $"{name}, {count} processes, {how}";
        var violations = new Violations(title, output);
        bench.Restore(how switch { How.Start => null, How.Force => images.OldFolder, _ => images.InterruptedFolder });
        string gate = bench.Beside("gate");
        File.Delete(gate);
        var commands = new Command[count];
        string[] logs = new string[count];
        var found = new List<string>();
        try
        {
            for (int i = 0; i < count; i++)
                commands[i] = bench.Begin(ArgumentsOf(images.Study, how, i), new Intervention(PauseAt: PauseAt, PauseUntil: gate), out logs[i]);
            // The writer waits in the middle of its work until all others have ended, or are seen to write as well.
            for (long start = Stopwatch.GetTimestamp(); !IsSettled(commands, logs) && Stopwatch.GetElapsedTime(start) < Patience;)
                Thread.Sleep(20);
            int waiting = commands.Count(command => !command.HasEnded);
            if (waiting > 1)
                found.Add($"{title}: {logs.Count(File.Exists)} of them write at once, and {waiting} have not ended");
            File.WriteAllText(gate, "");
            Outcome[] outcomes = [.. commands.Select(command => command.Finish())];
            found.AddRange(Judge(title, outcomes, [.. commands.Select(command => command.ProcessId)]));
        }
        finally
        {
            File.WriteAllText(gate, "");
            foreach (var command in commands)
                command?.Dispose();
        }
        found.AddRange(MetricsFiles.BrokenLines(bench.Box).Select(line => $"{title}: {line}"));
        if (bench.Look().DifferenceFrom(images.Finished) is { } difference)
            found.Add($"{title}: {difference}");
        violations.Report([found]);
    }

    private static string[] ArgumentsOf(Study study, How how, int index)
    {
        string[] start = study.Start(Edition.New, Bench.RunArgument);
        return how switch
        {
            How.Start => start,
            How.Resume => study.Resume(Bench.RunArgument),
            How.Force => [.. start, "--force"],
            _ => index % 2 == 0 ? study.Resume(Bench.RunArgument) : [.. start, "--force"],
        };
    }

    private static bool IsSettled(Command[] commands, string[] logs) =>
        commands.Select((command, i) => command.HasEnded || File.Exists(logs[i])).All(settled => settled);

    private static IEnumerable<string> Judge(string title, Outcome[] outcomes, int[] processes)
    {
        int[] done = [.. Enumerable.Range(0, outcomes.Length).Where(i => outcomes[i].Code == 0)];
        if (done.Length != 1)
        {
            string all = string.Join("; ", outcomes.Select(outcome => outcome.Describe()).Distinct().Take(3));
            yield return $"{title}: {done.Length} ended with exit code 0; {all}";
            yield break;
        }
        string writer = processes[done[0]].ToString(CultureInfo.InvariantCulture);
        foreach (var outcome in outcomes.Where(outcome => outcome.Code != 0))
        {
            if (outcome.Code != 2)
                yield return $"{title}: expected exit code 2; {outcome.Describe()}";
            else if (!Regex.IsMatch(outcome.Error, $@"\b{writer}\b"))
                yield return $"{title}: does not name process {writer}, which writes; {outcome.Describe()}";
        }
    }
}
