using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>The factor L of S + tau I, or that there is none.</summary>
/// <param name="Factor">L; null where not even double precision has one.</param>
/// <param name="Damping">tau.</param>
/// <param name="IsOfDouble">Whether single precision had none, or one of rounding errors, so that it was computed in double.</param>
internal sealed record MomentFactor(Tensor? Factor, double Damping, bool IsOfDouble)
{
    /// <summary>Factors S: n^3 / 3 flops.</summary>
    /// <param name="moment">S.</param>
    /// <param name="options">The damping.</param>
    /// <param name="destination">The memory of the factor, of its type.</param>
    internal static MomentFactor Of(Tensor moment, DoPrOptions options, Tensor destination)
    {
        double trace = ActivationPreconditioning.Trace(moment), damping = ActivationPreconditioning.Damping(trace, moment.Shape[0], options);
        var type = destination.DataType;
        if ((type == moment.DataType || ActivationPreconditioning.IsHeld(trace))
            && ActivationPreconditioning.Factor(moment.DataType == type ? moment : moment.To(type), damping, destination))
            return new(destination, damping, false);
        if (type == DataType.Float64)
            return new(null, damping, false);
        // The entries of the factor are roots, which single precision holds.
        var exact = moment.To(DataType.Float64);
        if (!ActivationPreconditioning.Factor(exact, damping, exact))
            return new(null, damping, false);
        destination.CopyFromInPlace(exact.To(type));
        return new(destination, damping, true);
    }
}
