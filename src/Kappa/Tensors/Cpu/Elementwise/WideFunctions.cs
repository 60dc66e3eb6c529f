using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>factor (x - shift): the difference first, so that what equals the shift gives nothing, whatever the factor.</summary>
internal readonly record struct Line(double Factor, double Shift = 0)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector<double> At(Vector<double> x) => (x - new Vector<double>(Shift)) * new Vector<double>(Factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double At(double x) => (x - Shift) * Factor;
}

/// <summary>A line of a, and an offset.</summary>
internal readonly struct LineFunction(Line first, double offset) : IWideFunction
{
    public static int Inputs => 1;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) => first.At(a) + new Vector<double>(offset);

    public double Invoke(double a, double b, double c, double d) => first.At(a) + offset;
}

/// <summary>The sum of lines of a and b, and an offset.</summary>
internal readonly struct PairFunction(Line first, Line second, double offset) : IWideFunction
{
    public static int Inputs => 2;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
        first.At(a) + second.At(b) + new Vector<double>(offset);

    public double Invoke(double a, double b, double c, double d) => first.At(a) + second.At(b) + offset;
}

/// <summary>The sum of lines of all four, and an offset.</summary>
internal readonly struct SumFunction(Line first, Line second, Line third, Line fourth, double offset) : IWideFunction
{
    public static int Inputs => 4;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
        first.At(a) + second.At(b) + third.At(c) + fourth.At(d) + new Vector<double>(offset);

    public double Invoke(double a, double b, double c, double d) => first.At(a) + second.At(b) + third.At(c) + fourth.At(d) + offset;
}
