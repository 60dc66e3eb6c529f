using System.Numerics;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>What a loss of elements reads; <see cref="Kernels.LossFunction"/> says which is what.</summary>
internal readonly struct LossArguments(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> p, double s)
{
    internal Vector<double> A => a;

    internal Vector<double> B => b;

    internal Vector<double> C => c;

    internal Vector<double> P => p;

    internal double S => s;
}
