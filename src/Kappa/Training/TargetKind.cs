namespace Kappa.Training;

/// <summary>What the targets of a loss or a metric are.</summary>
public enum TargetKind
{
    /// <summary>Anything: it is not checked.</summary>
    Any,

    /// <summary>Int32 labels of classes.</summary>
    Classes,

    /// <summary>Floating-point numbers.</summary>
    Numbers,
}
