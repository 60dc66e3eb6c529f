namespace Kappa.Optimizers;

/// <summary>Which linear layers have their gradients preconditioned by their activations. The order is that of registration in the model.</summary>
public enum LayerSelection
{
    /// <summary>Every linear layer.</summary>
    All,

    /// <summary>The first linear layer only: a control that shows how much is whitening of the input.</summary>
    First,

    /// <summary>Every linear layer but the first.</summary>
    AllButFirst,

    /// <summary>None: bit-identical to the base optimizer.</summary>
    None,
}
