using Kappa.LinearAlgebra.Solvers;

namespace Kappa.Diagnostics;

/// <summary>What <see cref="TrainingDiagnostics"/> measures, and when.</summary>
public sealed record DiagnosticsOptions
{
    /// <summary>When.</summary>
    public Observe Observe { get; init; } = Observe.Every(100);

    /// <summary>tau, up to which score a unit counts as dormant (<see cref="DormantUnits"/>); 0 or more.</summary>
    [Range(AtLeast = 0)]
    public double DormantThreshold { get; init; } = UnitActivity.DefaultThreshold;

    /// <summary>Inputs, the first of those given, at which the Jacobian of the whole model is taken; 0 for none.</summary>
    [Range(AtLeast = 0)]
    public int JacobianInputs { get; init; } = 1;

    /// <summary>
    /// Whether the Jacobians of single layers are taken there too, each at what it is called with. In a <see cref="Networks.Sequential"/>, also within another,
    /// a layer is a module with a weight and the activations and norms after it; of another model its parts, such as the blocks of a transformer. A part that
    /// takes tokens has none, nor has a model without parts.
    /// </summary>
    public bool LayerJacobians { get; init; }

    /// <summary>Inputs, the first of those given, for the tangent kernel; 0 for none.</summary>
    [Range(AtLeast = 0)]
    public int KernelInputs { get; init; } = 16;

    /// <summary>How extreme values are sought where a matrix is too large to be decomposed (<see cref="JacobianSpectrum.DenseLimit"/>).</summary>
    public GolubKahanOptions GolubKahan { get; init; } = new() { MaximumIterations = 20 };

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        ArgumentNullException.ThrowIfNull(Observe);
        ArgumentNullException.ThrowIfNull(GolubKahan);
        GolubKahan.Validate();
    }
}
