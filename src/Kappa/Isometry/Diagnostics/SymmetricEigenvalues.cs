using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kappa.Isometry;

/// <summary>All eigenvalues of a dense symmetric matrix, without vectors.</summary>
/// <remarks>
/// Householder reduction to a tridiagonal matrix from the last row up, with the update of one reflection and the product for the next in a single sweep
/// over the lower triangle, then the implicit QL iteration (Wilkinson and Reinsch, 1971, tred2 and imtql1). 4/3 n^3 flops; 10 ms or so for n = 512.
/// Each eigenvalue is right to about n times the rounding error of the largest.
/// </remarks>
internal static class SymmetricEigenvalues
{
    private const int MaximumIterations = 60;

    /// <summary>The eigenvalues, smallest first. The matrix is overwritten.</summary>
    /// <param name="matrix">Row-major, <c>[size, size]</c>; the lower triangle is read. Finite.</param>
    /// <param name="size">Rows and columns.</param>
    internal static double[] Compute(Span<double> matrix, int size)
    {
        if (size == 0)
            return [];
        double scale = Math.Abs(TensorPrimitives.MaxMagnitude<double>(matrix));
        if (!double.IsFinite(scale))
            throw new Tensors.NonFiniteException("eigenvalues of a symmetric matrix: an element is NaN or infinite");
        var diagonal = new double[size];
        if (scale == 0)
            return diagonal;
        TensorPrimitives.Multiply(matrix, 1 / scale, matrix);
        var off = new double[size];
        Reduce(matrix, size, diagonal, off);
        Iterate(diagonal, off);
        Array.Sort(diagonal);
        TensorPrimitives.Multiply(diagonal, scale, diagonal);
        return diagonal;
    }

    /// <summary>off[i] couples i - 1 and i.</summary>
    private static void Reduce(Span<double> matrix, int size, double[] diagonal, double[] off)
    {
        // A reflection's update A - v w^T - w v^T waits until the next sweep over A.
        double[] v = new double[size], w = new double[size], next = new double[size], product = new double[size];
        for (int i = size - 1; i >= 0; i--)
        {
            var row = matrix.Slice(i * size, i + 1);
            for (int j = 0; j <= i; j++)
                row[j] -= (v[i] * w[j]) + (w[i] * v[j]);
            diagonal[i] = row[i];
            if (i == 0)
                break;
            double tail = 0;
            for (int j = 0; j < i - 1; j++)
                tail += row[j] * row[j];
            double alpha = row[i - 1];
            double half = 0;
            Array.Clear(next);
            if (tail > 0)
            {
                double length = Math.Sqrt((alpha * alpha) + tail);
                off[i] = alpha > 0 ? -length : length;
                row[..i].CopyTo(next);
                next[i - 1] = alpha - off[i];
                half = (length * length) + (Math.Abs(alpha) * length);
            }
            else
            {
                off[i] = alpha;
            }

            Array.Clear(product);
            for (int r = 0; r < i; r++)
                product[r] += Sweep(matrix.Slice(r * size, r), v, w, next, product, v[r], w[r], next[r]) + Diagonal(ref matrix[(r * size) + r], v[r], w[r], next[r]);
            (v, next) = (next, v);
            if (half == 0)
            {
                Array.Clear(w);
                continue;
            }

            double dot = 0;
            for (int j = 0; j < i; j++)
            {
                product[j] /= half;
                dot += product[j] * v[j];
            }

            double share = dot / (2 * half);
            for (int j = 0; j < i; j++)
                w[j] = product[j] - (share * v[j]);
            w[i] = 0;
        }
    }

    private static double Diagonal(ref double element, double v, double w, double next)
    {
        element -= 2 * v * w;
        return element * next;
    }

    /// <summary>Updates a row left of the diagonal, adds its share to the product below, and returns its own product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sweep(Span<double> row, double[] v, double[] w, double[] next, double[] product, double rowV, double rowW, double rowNext)
    {
        int width = Vector<double>.Count;
        var (vs, ws, nexts) = (new Vector<double>(rowV), new Vector<double>(rowW), new Vector<double>(rowNext));
        var sum = Vector<double>.Zero;
        int j = 0;
        ref double start = ref MemoryMarshal.GetReference(row);
        for (; j <= row.Length - width; j += width)
        {
            ref byte at = ref Unsafe.As<double, byte>(ref Unsafe.Add(ref start, j));
            var a = Unsafe.ReadUnaligned<Vector<double>>(ref at) - (vs * new Vector<double>(w, j)) - (ws * new Vector<double>(v, j));
            Unsafe.WriteUnaligned(ref at, a);
            sum += a * new Vector<double>(next, j);
            (new Vector<double>(product, j) + (a * nexts)).CopyTo(product, j);
        }

        double total = Vector.Sum(sum);
        for (; j < row.Length; j++)
        {
            double a = row[j] - (rowV * w[j]) - (rowW * v[j]);
            row[j] = a;
            total += a * next[j];
            product[j] += a * rowNext;
        }

        return total;
    }

    /// <summary>The implicit QL iteration; the diagonal becomes the eigenvalues.</summary>
    private static void Iterate(double[] d, double[] off)
    {
        int size = d.Length;
        var e = new double[size];
        Array.Copy(off, 1, e, 0, size - 1);
        for (int l = 0; l < size; l++)
        {
            for (int iteration = 0; ; iteration++)
            {
                int m = l;
                while (m < size - 1 && Math.Abs(e[m]) > 1e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])) && Math.Abs(e[m]) > 1e-300)
                    m++;
                if (m == l)
                    break;
                if (iteration == MaximumIterations)
                    throw new ArithmeticException($"eigenvalues of a symmetric matrix of size {size}: no convergence after {MaximumIterations} QL iterations");
                double g = (d[l + 1] - d[l]) / (2 * e[l]);
                double r = Math.Sqrt((g * g) + 1);
                g = d[m] - d[l] + (e[l] / (g + (g < 0 ? -r : r)));
                double s = 1, c = 1, p = 0;
                int i = m - 1;
                for (; i >= l; i--)
                {
                    double f = s * e[i];
                    double b = c * e[i];
                    r = Math.Sqrt((f * f) + (g * g));
                    e[i + 1] = r;
                    if (r == 0)
                    {
                        d[i + 1] -= p;
                        e[m] = 0;
                        break;
                    }

                    s = f / r;
                    c = g / r;
                    g = d[i + 1] - p;
                    r = ((d[i] - g) * s) + (2 * c * b);
                    p = s * r;
                    d[i + 1] = g + p;
                    g = (c * r) - b;
                }

                if (r == 0 && i >= l)
                    continue;
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }
}
