using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>All eigenvalues of a dense symmetric matrix, without vectors.</summary>
/// <remarks>
/// Householder reduction to a tridiagonal matrix from the last row up, with the update of one reflection and the product for the next in a single sweep
/// over the lower triangle, then the implicit QL iteration (Wilkinson and Reinsch, 1971, tred2 and imtql1). 4/3 n^3 flops. Measured on one machine against
/// MathNet.Numerics' Evd, which forms the vectors as well: 0.14 ms against 0.64 for n = 64, 0.6 against 25 for n = 128, 18 ms against 5.8 s for n = 512, with
/// errors of 1e-15 against 3e-14 of the largest. <see cref="SymmetricEigen"/> is for matrices of some ten rows whose vectors are needed.
/// Each eigenvalue is right to about n times the rounding error of the largest.
/// </remarks>
internal static class SymmetricEigenvalues
{
    private const int MaximumIterations = 60;
    private const double Precision = 1.2e-16;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
            SweepRows(matrix, size, i, v, w, next, product);
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

    /// <summary>Updates the rows above one, left of and on the diagonal, and multiplies them by the next reflection's vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SweepRows(Span<double> matrix, int size, int count, double[] vs, double[] ws, double[] nexts, double[] products)
    {
        fixed (double* a = matrix, v = vs, w = ws, next = nexts, product = products)
        {
            int r = 0;
            for (; r + 1 < count; r += 2)
            {
                // Two rows at a time share the loads of everything else.
                double* first = a + ((nint)r * size);
                double* second = first + size;
                SweepPair(first, second, r, v, w, next, product, r);
                second[r] -= (v[r + 1] * w[r]) + (w[r + 1] * v[r]);
                product[r + 1] += second[r] * next[r];
                product[r] += second[r] * next[r + 1];
                Diagonal(first, r, v, w, next, product);
                Diagonal(second, r + 1, v, w, next, product);
            }

            if (r < count)
            {
                double* last = a + ((nint)r * size);
                for (int j = 0; j < r; j++)
                {
                    last[j] -= (v[r] * w[j]) + (w[r] * v[j]);
                    product[r] += last[j] * next[j];
                    product[j] += last[j] * next[r];
                }

                Diagonal(last, r, v, w, next, product);
            }
        }
    }

    private static unsafe void Diagonal(double* row, int r, double* v, double* w, double* next, double* product)
    {
        row[r] -= 2 * v[r] * w[r];
        product[r] += row[r] * next[r];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SweepPair(double* first, double* second, int length, double* v, double* w, double* next, double* product, int r)
    {
        int width = Vector<double>.Count;
        var (v0, w0, next0) = (new Vector<double>(v[r]), new Vector<double>(w[r]), new Vector<double>(next[r]));
        var (v1, w1, next1) = (new Vector<double>(v[r + 1]), new Vector<double>(w[r + 1]), new Vector<double>(next[r + 1]));
        var sum0 = Vector<double>.Zero;
        var sum1 = Vector<double>.Zero;
        int j = 0;
        for (; j <= length - width; j += width)
        {
            var (vj, wj, nextj) = (Vector.Load(v + j), Vector.Load(w + j), Vector.Load(next + j));
            var a0 = Vector.Load(first + j) - (v0 * wj) - (w0 * vj);
            var a1 = Vector.Load(second + j) - (v1 * wj) - (w1 * vj);
            a0.Store(first + j);
            a1.Store(second + j);
            sum0 += a0 * nextj;
            sum1 += a1 * nextj;
            (Vector.Load(product + j) + (a0 * next0) + (a1 * next1)).Store(product + j);
        }

        double total0 = Vector.Sum(sum0);
        double total1 = Vector.Sum(sum1);
        for (; j < length; j++)
        {
            first[j] -= (v[r] * w[j]) + (w[r] * v[j]);
            second[j] -= (v[r + 1] * w[j]) + (w[r + 1] * v[j]);
            total0 += first[j] * next[j];
            total1 += second[j] * next[j];
            product[j] += (first[j] * next[r]) + (second[j] * next[r + 1]);
        }

        product[r] += total0;
        product[r + 1] += total1;
    }

    /// <summary>The implicit QL iteration; the diagonal becomes the eigenvalues.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Iterate(double[] d, double[] off)
    {
        int size = d.Length;
        var e = new double[size];
        Array.Copy(off, 1, e, 0, size - 1);
        // What is this small against the whole matrix is rounding: without it, eigenvalues that are nothing but rounding would be refined for ever.
        double floor = Precision * Enumerable.Range(0, size).Max(i => Math.Abs(d[i]) + Math.Abs(e[i]));
        for (int l = 0; l < size; l++)
        {
            for (int iteration = 0; ; iteration++)
            {
                int m = l;
                while (m < size - 1 && Math.Abs(e[m]) > Math.Max(floor, Precision * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))))
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
