using System.Numerics;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;

namespace Kappa.Tensors.Cpu.Rows;

/// <summary>Rows of x with the mean of each and r = 1 / sqrt(mean square of the deviations + epsilon), from which everything about their normalisation
/// follows.</summary>
internal unsafe struct NormalizedRows<T>
    where T : unmanaged
{
    internal T* X;

    /// <summary>For each row its mean, zero where it is not taken out, and r.</summary>
    internal double* Statistics;

    internal int Length;

    internal readonly T* Row(int row) => X + ((long)row * Length);

    internal readonly double Mean(int row) => Statistics[2L * row];

    internal readonly double Scale(int row) => Statistics[(2L * row) + 1];
}

/// <summary>y = (x - mean) r.</summary>
internal unsafe struct NormalizeRows<T> : IRowFunction
    where T : unmanaged
{
    // Squares of float32, and sums of many, are well within; so are those of float64 between.
    private const double Small = 1e-280, Large = 1e280;

    internal NormalizedRows<T> Rows;
    internal T* Y;
    internal bool Center;
    internal double Epsilon;

    public readonly void Execute(int row)
    {
        T* x = Rows.Row(row);
        int length = Rows.Length;
        double mean = 0, square;
        if (Center)
        {
            // Beside the first element, which is at most sqrt(length) deviations from the mean, so that what cancels is at most length times what is left.
            double shift = Widened.Load(x);
            var (sum, squares) = PairwiseSums.Rows<T, ShiftedTerm, SquareTerm>(x, null, length, new(shift), new(shift));
            mean = sum / length;
            square = Math.Max(0, (squares / length) - (mean * mean));
            mean += shift;
        }
        else
        {
            square = PairwiseSums.Row<T, SquareTerm>(x, null, length, new(0)) / length;
        }

        double scale = typeof(T) == typeof(float) || square is > Small and < Large ? 1 / Math.Sqrt(square + Epsilon) : ScaleOfExtremes(x, mean);
        Rows.Statistics[2L * row] = mean;
        Rows.Statistics[(2L * row) + 1] = scale;
        T* y = Y + ((long)row * length);
        if (typeof(T) == typeof(float) && SingleRows.IsModerate(scale))
            SingleRows.Line((float*)x, mean, scale, (float*)y, length);
        else
            Widened.Map(x, null, null, null, y, length, accumulate: false, new LineFunction(new(scale, mean), 0));
    }

    /// <summary>r where squares leave even the range of double: by way of a power of two.</summary>
    private readonly double ScaleOfExtremes(T* x, double mean)
    {
        double largest = 0;
        for (int i = 0; i < Rows.Length; i++)
            largest = Math.Max(largest, Math.Abs(Widened.Load(x + i) - mean));
        if (largest is 0 or double.PositiveInfinity || double.IsNaN(largest))
            return 1 / Math.Sqrt((largest * largest) + Epsilon);
        double power = Math.ScaleB(1, Math.Clamp(-Math.ILogB(largest), -1000, 1000));
        double root = Math.Sqrt(PairwiseSums.Row<T, SquareTerm>(x, null, Rows.Length, new(mean, power)) / Rows.Length) / power;
        return 1 / double.Hypot(root, Math.Sqrt(Epsilon));
    }
}

/// <summary>r (g - mean(g) - y mean(g y)): the Jacobian, which is symmetric, so this serves both directions. y is formed again, since what is left of g may be
/// far below its rounding.</summary>
internal unsafe struct NormalizeDerivativeRows<T> : IRowFunction
    where T : unmanaged
{
    internal NormalizedRows<T> Rows;
    internal T* Gradient, Result;
    internal bool Center, Accumulate;

    public readonly void Execute(int row)
    {
        T* x = Rows.Row(row), gradient = Gradient + ((long)row * Rows.Length);
        double mean = Rows.Mean(row), scale = Rows.Scale(row);
        var (sum, product) = PairwiseSums.Rows<T, PlainTerm, ProductTerm>(gradient, x, Rows.Length, default, new(0, mean));
        double ofX = -scale * (scale * (scale * (product / Rows.Length))), shift = Center ? sum / Rows.Length : 0;
        T* result = Result + ((long)row * Rows.Length);
        if (typeof(T) == typeof(float) && Rows.Length >= SingleRows.ShortestRow && SingleRows.IsModerate(scale) && SingleRows.IsModerate(ofX)
            && SingleRows.IsModerate(scale * shift))
        {
            SingleRows.Pair((float*)gradient, scale, (float*)x, mean, ofX, -scale * shift, (float*)result, Rows.Length, Accumulate);
        }
        else
            Widened.Map(gradient, x, null, null, result, Rows.Length, Accumulate, new PairFunction(new(scale, shift), new(ofX, mean), 0));
    }
}

/// <summary>
/// Adds how the above changes along a tangent dx of the input: dr (g - mean(g) - y mean(g y)) - r (dy mean(g y) + y mean(g dy)),
/// with dy = J dx and dr = -r^2 mean(y dx).
/// </summary>
internal unsafe struct NormalizeCurvatureRows<T> : IRowFunction
    where T : unmanaged
{
    internal NormalizedRows<T> Rows;
    internal T* Tangent, Gradient, Result;
    internal bool Center;

    public readonly void Execute(int row)
    {
        int length = Rows.Length;
        long start = (long)row * length;
        T* x = Rows.Row(row), tangent = Tangent + start, gradient = Gradient + start;
        double mean = Rows.Mean(row), scale = Rows.Scale(row);
        var (sumG, productG) = PairwiseSums.Rows<T, PlainTerm, ProductTerm>(gradient, x, length, default, new(0, mean));
        var (sumT, productT) = PairwiseSums.Rows<T, PlainTerm, ProductTerm>(tangent, x, length, default, new(0, mean));
        double shiftG = Center ? sumG / length : 0, shiftT = Center ? sumT / length : 0;
        double alongG = scale * (productG / length), alongT = scale * (productT / length);
        double turned = scale * ((PairwiseSums.Row<T, ProductTerm>(gradient, tangent, length, new(shiftG, shiftT)) / length) - (alongG * alongT));
        Widened.Map(x, gradient, tangent, null, Result + start, length, accumulate: true, new Function(mean, scale, shiftG, shiftT, alongG, alongT, turned));
    }

    private readonly struct Function(double mean, double scale, double shiftG, double shiftT, double alongG, double alongT, double turned) : IWideFunction
    {
        public static int Inputs => 3;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d)
        {
            var scales = new Vector<double>(scale);
            var y = (a - new Vector<double>(mean)) * scales;
            var g = b - new Vector<double>(shiftG) - (y * new Vector<double>(alongG));
            var t = c - new Vector<double>(shiftT) - (y * new Vector<double>(alongT));
            return -scales * ((scales * ((new Vector<double>(alongT) * g) + (new Vector<double>(alongG) * t))) + (y * new Vector<double>(turned)));
        }

        public double Invoke(double a, double b, double c, double d)
        {
            double y = (a - mean) * scale;
            double g = b - shiftG - (y * alongG);
            double t = c - shiftT - (y * alongT);
            return -scale * ((scale * ((alongT * g) + (alongG * t))) + (y * turned));
        }
    }
}
