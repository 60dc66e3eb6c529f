using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>Flips one bit of one file, and resumes: the file is named, or nothing changes.</summary>
[Collection(Workplace.Collection)]
public sealed class DamageTests(Workplace workplace, ITestOutputHelper output)
{
    private static readonly int Tries = Size.IsFull ? 340 : 5;
    private static readonly int TriesOfText = Size.IsFull ? 50 : 2;

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var study in Study.All)
        {
            cases.Add(study.Name, false);
            cases.Add(study.Name, true);
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_flipped_bit_in_a_run_folder_is_refused_by_name_or_changes_nothing(string name, bool finished)
    {
        workplace.Require();
        var images = workplace.ImagesOf(Study.Named(name));
        string image = finished ? images.FinishedFolder : images.InterruptedFolder;
        string title = $"{name}, a bit flipped in {(finished ? "a finished run" : "an interrupted run")}";
        var violations = new Violations(title, output);
        string[] files = [.. Directory.EnumerateFiles(image, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length > 0).Select(file => Path.GetRelativePath(image, file)).Order(StringComparer.Ordinal)];
        int unnoticed = 0;
        var generator = new Random(name.Length + (finished ? 100 : 0));
        // Every file as often as the others, from a random one on.
        int first = generator.Next(files.Length);
        Flip[] flips = [.. Enumerable.Range(0, Tries).Select(i => files[(first + i) % files.Length])
            .Select(file => Flip.Random(file, new FileInfo(Path.Combine(image, file)).Length, generator))];
        var found = workplace.ForEach(flips, (flip, bench) =>
        {
            bench.Restore(image);
            string file = Path.Combine(bench.Box, flip.File);
            string before = File.ReadAllText(file);
            flip.Apply(file);
            // A hash that is changed accuses the file that it is of, so any file that is named in this one will do.
            var others = files.Select(other => Path.GetFileName(other)).Where(other => before.Contains(other, StringComparison.Ordinal));
            string[] names = [Path.GetFileName(flip.File), .. others];
            var outcome = bench.Execute(images.Study.Resume(Bench.RunArgument));
            var wrong = Judge($"{title}, {flip}", bench, outcome, images.Finished, names);
            if (wrong.Count == 0 || outcome.Code != 0 || !IsNoResult(flip.File) || bench.Look().DifferenceFrom(images.Finished, flip.File) is not null)
                return wrong;
            _ = Interlocked.Increment(ref unnoticed);
            return [];
        });
        violations.Report(found, unnoticed == 0 ? "" : $"; {unnoticed} unnoticed in files that were not read and are no results");
    }

    /// <summary>Whether a file is what a run goes on from and not what it found. Whoever reads it checks it.</summary>
    private static bool IsNoResult(string file) => file.Split('/').Any(part => part is "checkpoints" or "prepared" or "work");

    [SkippableTheory]
    [InlineData("train")]
    [InlineData("compare of a text")]
    public void A_flipped_bit_in_the_text_that_a_run_reads_is_refused_by_name_or_changes_nothing(string name)
    {
        workplace.Require();
        var images = workplace.ImagesOf(name == Study.CompareText.Name ? Study.CompareText : Study.Named(name));
        string title = $"{name}, a bit flipped in its text";
        var violations = new Violations(title, output);
        byte[] text = File.ReadAllBytes(workplace.TextFile);
        var generator = new Random(5);
        var found = new List<IReadOnlyList<string>>();
        try
        {
            for (int i = 0; i < TriesOfText; i++)
            {
                var flip = Flip.Random(Study.TextName, text.Length, generator);
                workplace.Bench.Restore(images.InterruptedFolder);
                flip.Apply(workplace.TextFile);
                var outcome = workplace.Bench.Execute(images.Study.Resume(Bench.RunArgument));
                File.WriteAllBytes(workplace.TextFile, text);
                found.Add(Judge($"{title}, {flip}", workplace.Bench, outcome, images.Finished, [Study.TextName]));
            }
        }
        finally
        {
            File.WriteAllBytes(workplace.TextFile, text);
        }
        violations.Report(found);
    }

    private static IReadOnlyList<string> Judge(string what, Bench bench, Outcome outcome, Fingerprint expected, string[] names)
    {
        if (outcome.Hung || outcome.Error.Contains("looks like a fault of Kappa", StringComparison.Ordinal))
            return [$"{what}: {outcome.Describe()}"];
        bool isNamed = names.Any(name => outcome.Error.Contains(name, StringComparison.Ordinal));
        if (outcome.Code != 0)
            return isNamed ? [] : [$"{what}: refused without the name of the file; {outcome.Describe()}"];
        return bench.Look().DifferenceFrom(expected) is { } difference ? [$"{what}: silently another result; {difference}"] : [];
    }

    /// <summary>One bit of a file.</summary>
    private sealed record Flip(string File, long Position, int Bit)
    {
        internal static Flip Random(string file, long length, Random generator) => new(file, generator.NextInt64(length), generator.Next(8));

        internal void Apply(string path)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            stream.Position = Position;
            int value = stream.ReadByte();
            stream.Position = Position;
            stream.WriteByte((byte)(value ^ (1 << Bit)));
        }

        public override string ToString() => $"bit {Bit} of byte {Position} of {File}";
    }
}
