namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A file of columns with types of their own.</summary>
internal sealed record TableFileSettings : TableSettings
{
    [Setting("whether NaN stands for no value; otherwise it is an error")]
    public bool NanIsMissing { get; init; }
}
