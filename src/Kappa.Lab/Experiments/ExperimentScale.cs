namespace Kappa.Lab.Experiments;

/// <summary>How large an experiment runs.</summary>
public enum ExperimentScale
{
    /// <summary>Minutes on two cores.</summary>
    Short,

    /// <summary>The size of the paper, or the nearest that its data allow: hours.</summary>
    Full,
}
