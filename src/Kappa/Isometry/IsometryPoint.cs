namespace Kappa.Isometry;

/// <summary>At which weights the penalty's gradient is taken.</summary>
public enum IsometryPoint
{
    /// <summary>At those before the optimizer's step, as in equation 20 of the paper.</summary>
    BeforeStep,

    /// <summary>At those after it, as in the authors' code for transformers.</summary>
    AfterStep,
}
