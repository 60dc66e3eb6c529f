using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>max(p - a b, 0).</summary>
internal readonly struct HingeLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x) => Hinged(x.P - (x.A * x.B), x.P - (x.A * x.B));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input) => Hinged(x.P - (x.A * x.B), input == 0 ? -x.B : -x.A);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) =>
        first == second ? Vector<double>.Zero : Hinged(x.P - (x.A * x.B), -Vector<double>.One);

    /// <summary>What counts where the hinge is open; NaN counts as open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<double> Hinged(Vector<double> opening, Vector<double> value) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(opening, Vector<double>.Zero), Vector<double>.Zero, value);
}

/// <summary>max(p + a - b, 0).</summary>
internal readonly struct MarginLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x) => HingeLoss.Hinged(x.P + (x.A - x.B), x.P + (x.A - x.B));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input) => HingeLoss.Hinged(x.P + (x.A - x.B), new Vector<double>(input == 0 ? 1 : -1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector<double>.Zero;
}
