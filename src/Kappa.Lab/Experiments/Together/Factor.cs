namespace Kappa.Lab.Experiments.Together;

/// <summary>What an arm has or has not.</summary>
[Flags]
internal enum Factor
{
    /// <summary>AdamW alone.</summary>
    None = 0,

    /// <summary>The network is rescaled before it is trained.</summary>
    PathCond = 1,

    /// <summary>Muon trains it, in the place of AdamW.</summary>
    Muon = 2,

    /// <summary>Activation preconditioning in front of the optimizer.</summary>
    Preconditioning = 4,

    /// <summary>A step towards isometric layers beside that of the optimizer.</summary>
    Isometry = 8,
}
