namespace Kappa.Preconditioning;

/// <summary>Which of two exact forms computes the preconditioned gradient.</summary>
public enum PreconditioningForm
{
    /// <summary>Whichever costs fewer flops for the rows that the layer saw.</summary>
    Automatic,

    /// <summary>A solve in the space of rows, before the weight-gradient product: n^2 in + n^3/3 + 2 n^2 out flops.</summary>
    Dual,

    /// <summary>A solve in the space of inputs, after it: n in^2 + in^3/3 + 2 out in^2 flops.</summary>
    Primal,
}
