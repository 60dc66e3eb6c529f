namespace Kappa.Lab.Watching;

/// <summary>Where a run stands, as its folder says.</summary>
public enum RunState
{
    /// <summary>A process writes there.</summary>
    Running,

    /// <summary>All of it is done, and its report is there.</summary>
    Finished,

    /// <summary>Nobody writes there, and it is not finished; <c>--resume</c> goes on with it.</summary>
    Interrupted,

    /// <summary>A file is not as it was written.</summary>
    Damaged,

    /// <summary>It may not be read, or cannot be.</summary>
    Unreadable,
}
