using System.Globalization;
using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>Kills the process at each call that changes a file, and goes on as a user would.</summary>
[Collection(Workplace.Collection)]
public sealed class KillTests(Workplace workplace, ITestOutputHelper output)
{
    public enum Mode
    {
        /// <summary>A run in a folder that is not there yet.</summary>
        Fresh,

        /// <summary><c>--resume</c> of an interrupted run.</summary>
        Resume,

        /// <summary><c>--force</c> over a finished run of another config.</summary>
        Force,
    }

    public static TheoryData<string, Mode> Cases()
    {
        var cases = new TheoryData<string, Mode>();
        foreach (var study in Study.All)
        {
            foreach (var mode in Enum.GetValues<Mode>())
                cases.Add(study.Name, mode);
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_run_that_is_killed_at_any_file_operation_ends_as_one_that_is_not(string name, Mode mode)
    {
        workplace.Require();
        var images = workplace.ImagesOf(Study.Named(name));
        var violations = new Violations($"{name}, killed in {mode}", output);
        var operations = mode == Mode.Fresh ? images.Operations : Count(images, mode, violations);
        var points = KillPoint.Choose(operations, name.Length + (int)mode);
        output.WriteLine($"{operations.Count} operations, {points.Count} points");
        violations.Report(workplace.ForEach(points, (point, bench) => Try(images, mode, point, bench)));
    }

    /// <summary>The calls of a run that is not killed, which must end as it should.</summary>
    private IReadOnlyList<Operation> Count(RunImages images, Mode mode, Violations violations)
    {
        workplace.Bench.Restore(ImageOf(images, mode));
        var (outcome, operations) = workplace.Bench.Watch([.. ArgumentsOf(images.Study, mode), .. Jobs(images.Study, 1)], new Intervention());
        if (outcome.Code != 0)
            violations.Report([[$"{images.Study.Name}, {mode}, not killed at all: {outcome.Describe()}"]]);
        if (workplace.Bench.Look().DifferenceFrom(images.Finished) is { } difference)
            violations.Report([[$"{images.Study.Name}, {mode}, not killed at all: {difference}"]]);
        return operations;
    }

    private static List<string> Try(RunImages images, Mode mode, KillPoint point, Bench bench)
    {
        var found = new List<string>();
        Operation? killed = null;
        bench.Restore(ImageOf(images, mode));
        // Two pieces of work at once, now and then, for states in which both have begun.
        string[] jobs = Jobs(images.Study, point.Operation.Number % 3 == 0 ? 2 : 1);
        var (outcome, operations) = bench.Watch([.. ArgumentsOf(images.Study, mode), .. jobs], new Intervention(point.Operation.Number, point.Half));
        var expected = images.Finished;
        if (outcome.Code == Outcome.Killed)
        {
            killed = operations.SingleOrDefault();
            bool isOld = mode == Mode.Force && CheckReplaced(images, bench, Say);
            string[] again = mode switch
            {
                Mode.Force when !bench.HoldsRun || point.Operation.Number % 2 == 0 => ArgumentsOf(images.Study, Mode.Force),
                Mode.Fresh when !bench.HoldsRun => ArgumentsOf(images.Study, Mode.Fresh),
                _ => ArgumentsOf(images.Study, Mode.Resume),
            };
            if (isOld && again.SequenceEqual(ArgumentsOf(images.Study, Mode.Resume)))
                expected = images.Old;
            outcome = bench.Execute([.. again, .. Jobs(images.Study, 1)]);
            if (outcome.Code != 0)
                Say($"then kappa {string.Join(' ', again)}: {outcome.Describe()}");
        }
        else if (outcome.Code != 0)
        {
            Say(outcome.Describe());
        }
        if (outcome.Code == 0 && bench.Look().DifferenceFrom(expected) is { } difference)
            Say(difference);
        return found;

        void Say(string what) => found.Add($"{images.Study.Name}, {mode}, {point.Describe(killed)}: {what}");
    }

    /// <summary>Whether the folder still holds the old run; says where it holds neither the whole old run nor the new one alone.</summary>
    private static bool CheckReplaced(RunImages images, Bench bench, Action<string> say)
    {
        var now = bench.Look();
        string[] beside = [.. now.Paths.Where(path => !path.StartsWith("run/", StringComparison.Ordinal))];
        var run = Fingerprint.Of(bench.Run).WithoutOwner();
        string? differenceFromOld = run.DifferenceFrom(Fingerprint.Of(Path.Combine(images.OldFolder, "run")));
        if (differenceFromOld is null)
            return true;
        if (!Directory.Exists(bench.Run))
        {
            say($"the folder is gone; beside it: {string.Join(", ", beside.Take(5))}");
            return false;
        }
        if (!now.Shares("run/config.json", images.Finished))
            say($"the folder holds neither the new run nor the whole old one: {differenceFromOld}");
        else if (now.FilesOf(images.Old, images.Finished) is { Count: > 0 } mixed)
            say(string.Create(CultureInfo.InvariantCulture, $"the folder has the new config and {mixed.Count} files of the old run, such as {mixed[0]}"));
        return false;
    }

    private static string? ImageOf(RunImages images, Mode mode) => mode switch
    {
        Mode.Resume => images.InterruptedFolder,
        Mode.Force => images.OldFolder,
        _ => null,
    };

    private static string[] ArgumentsOf(Study study, Mode mode) => mode switch
    {
        Mode.Resume => study.Resume(Bench.RunArgument),
        Mode.Force => [.. study.Start(Edition.New, Bench.RunArgument), "--force"],
        _ => study.Start(Edition.New, Bench.RunArgument),
    };

    private static string[] Jobs(Study study, int count) => study == Study.Train ? [] : ["--jobs", $"{count}"];
}
