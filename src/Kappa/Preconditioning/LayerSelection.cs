namespace Kappa.Preconditioning;

/// <summary>Which layers, linear ones, convolutions and embeddings, have their gradients preconditioned by their activations. The order is that of registration
/// in the model.</summary>
public enum LayerSelection
{
    /// <summary>Every layer.</summary>
    All,

    /// <summary>The first layer only: a control that shows how much is whitening of the input.</summary>
    First,

    /// <summary>Every layer but the first.</summary>
    AllButFirst,

    /// <summary>None: bit-identical to the base optimizer.</summary>
    None,
}
