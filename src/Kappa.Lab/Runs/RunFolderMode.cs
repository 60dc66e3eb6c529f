namespace Kappa.Lab.Runs;

/// <summary>What to do where a run's folder holds a run already.</summary>
public enum RunFolderMode
{
    /// <summary>Refuse.</summary>
    Fresh,

    /// <summary>Continue it: finished trials are kept where the config still means the same trial.</summary>
    Resume,

    /// <summary>Start over: its trials are removed.</summary>
    Force,
}
