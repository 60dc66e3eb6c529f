using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary>Options that every command with a run's folder has.</summary>
internal static class RunOptions
{
    internal const string AmendAlone = "--amend is for --resume: it goes on with a config or data that differ from those the run began with";

    internal static Option<bool> Amend() => new("--amend")
    {
        Description = "With --resume: go on although the config or the data changed since the run began. Metrics and report say where.",
    };
}
