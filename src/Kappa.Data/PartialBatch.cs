namespace Kappa.Data;

/// <summary>What becomes of the last batch of an epoch where the batch size does not divide the number of examples.</summary>
public enum PartialBatch
{
    /// <summary>It is given, smaller than the others: every epoch sees every example.</summary>
    Keep,

    /// <summary>It is left out: every batch has the same size. Other examples are left out in the next epoch.</summary>
    Drop,
}
