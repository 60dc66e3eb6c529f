namespace Kappa.Optimizers;

/// <summary>What an orthogonalised update, whose singular values are about 1, is multiplied by.</summary>
public enum MuonScaling
{
    /// <summary>sqrt(max(1, rows / columns)) (Jordan and others, 2024).</summary>
    Jordan,

    /// <summary>0.2 sqrt(max(rows, columns)), so that an element changes about as much as under AdamW and its learning rate can be used (Liu and others, 2025,
    /// arXiv 2502.16982, eq. 4).</summary>
    Moonshot,
}
