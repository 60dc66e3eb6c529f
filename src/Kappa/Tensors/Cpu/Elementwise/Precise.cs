namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Elementary functions near the points where their plain forms lose all digits (Kahan's way: the rounding of 1 + x is made up for).</summary>
internal static class Precise
{
    /// <summary>log(1 + x).</summary>
    internal static double LogOfOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? x : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>exp(x) - 1.</summary>
    internal static double ExpMinusOne(double x)
    {
        double value = Math.Exp(x);
        double difference = value - 1;
        return value == 1 ? x : value == 0 || double.IsInfinity(value) ? difference : difference * (x / Math.Log(value));
    }
}
