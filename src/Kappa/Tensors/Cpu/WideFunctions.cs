using System.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>factor a + offset.</summary>
internal readonly struct LineFunction(double factor, double offset) : IWideFunction
{
    public static int Inputs => 1;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) => Vector.FusedMultiplyAdd(a, new Vector<double>(factor), new Vector<double>(offset));

    public double Invoke(double a, double b, double c, double d) => Math.FusedMultiplyAdd(a, factor, offset);
}

/// <summary>factor1 a + factor2 b + offset.</summary>
internal readonly struct PlaneFunction(double factor1, double factor2, double offset) : IWideFunction
{
    public static int Inputs => 2;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
        Vector.FusedMultiplyAdd(a, new Vector<double>(factor1), Vector.FusedMultiplyAdd(b, new Vector<double>(factor2), new Vector<double>(offset)));

    public double Invoke(double a, double b, double c, double d) => Math.FusedMultiplyAdd(a, factor1, Math.FusedMultiplyAdd(b, factor2, offset));
}
