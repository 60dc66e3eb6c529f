namespace Kappa.Optimizers;

/// <summary>Which matrices <see cref="Muon"/> and <see cref="AdaMuon"/> orthogonalise; everything else goes to AdamW.</summary>
public enum MuonMatrices
{
    /// <summary>All but the first and the last matrix of the model, in the order of its parameters: input and output layers do better with AdamW.</summary>
    Hidden,

    /// <summary>Every parameter with two axes or more.</summary>
    All,

    /// <summary>None: AdamW for everything, to compare with.</summary>
    None,
}
