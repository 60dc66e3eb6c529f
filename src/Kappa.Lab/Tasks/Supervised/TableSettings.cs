namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A table of one's own.</summary>
internal record TableSettings : ICheckedSettings
{
    [Setting("the file to train on; relative to the config", Takes = "a file")]
    public required string Path { get; init; }

    [Setting("a file to measure on; left out, a share of the first", MayBeEmpty = true)]
    public string ValidationPath { get; init; } = "";

    [Setting("the column to predict", Takes = "the name of a column")]
    public required string Target { get; init; }

    [Setting(
        "what the target is; auto: classes for text, numbers for numbers with decimals, and for integers an error that asks",
        OneOf = ["auto", "classes", "numbers"])]
    public string TargetKind { get; init; } = "auto";

    [Setting("columns that are left out", MayBeEmpty = true, OnceEach = true)]
    public IReadOnlyList<string> Drop { get; init; } = [];

    [Setting("share of the rows to measure on, where they have no file of their own", Above = 0, Below = 1)]
    public double ValidationShare { get; init; } = 0.2;

    [Setting(
        "how they are chosen: at random, each class alike, whole groups of splitBy, or the last of splitBy; auto: each class alike, numbers at random",
        OneOf = ["auto", "random", "stratified", "grouped", "time"])]
    public string Split { get; init; } = "auto";

    [Setting("the column of groups or times", MayBeEmpty = true)]
    public string SplitBy { get; init; } = "";

    [Setting("decides the split; the same for every seed of training", AtLeast = 0)]
    public int SplitSeed { get; init; }

    [Setting("missing numbers: the mean and an input that says so, or an error", OneOf = ["mean", "error"])]
    public string Missing { get; init; } = "mean";

    [Setting("numbers and categories that are missing later, in a column that no training row misses: an error, or the mean", OneOf = ["error", "mean"])]
    public string MissingLater { get; init; } = "error";

    [Setting("rows without the target: an error, or left out", OneOf = ["error", "drop"])]
    public string MissingTarget { get; init; } = "error";

    [Setting("a class with one row, where each class is split alike: an error, or trained on alone", OneOf = ["error", "training"])]
    public string Single { get; init; } = "error";

    [Setting("categories that no training row has: an error, or none of the others", OneOf = ["error", "other"])]
    public string Unseen { get; init; } = "error";

    public virtual void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.RequirePath(nameof(Path), Path);
        check.RequirePath(nameof(ValidationPath), ValidationPath);
        if (Split is "grouped" or "time" != SplitBy.Length > 0)
            throw check.Fault(nameof(SplitBy), SplitBy.Length > 0 ? "it is for the splits grouped and time" : $"expected the column for the split {Split}");
    }
}
