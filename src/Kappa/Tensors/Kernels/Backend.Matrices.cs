namespace Kappa.Tensors.Kernels;

/// <content>Products and factors of matrices. Factors are computed on the host unless a device has its own.</content>
internal abstract partial class Backend
{
    /// <summary>y = f(x w^T + bias), with x [n, in], w [out, in], bias [out] or none. Where beforeActivation is given, x w^T + bias goes there as
    /// well.</summary>
    internal virtual void Linear(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y)
    {
        var product = beforeActivation ?? y;
        MatMul(false, true, x, weight, product, accumulate: false);
        if (bias is not null)
            Binary(BinaryKernel.Add, product, bias, product);
        if (activation != UnaryKernel.Identity || product != y)
            Unary(activation, product, y);
    }

    /// <summary>c[i] = op(a[i]) op(b[i]), or c[i] += when asked, over the matrices of two batches.</summary>
    internal virtual void BatchMatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        for (int i = 0; i < c.Shape[0]; i++)
        {
            using var left = a.Entry(i);
            using var right = b.Entry(i);
            using var to = c.Entry(i);
            MatMul(transposeA, transposeB, left, right, to, accumulate);
        }
    }

    /// <summary>result[b, j, i] = x[b, i, j].</summary>
    internal virtual void Transpose(Tensor x, int batch, int rows, int columns, Tensor result)
    {
        using var shaped = result.Alias([batch, columns, rows]);
        CopyStrided(x, [rows * columns, 1, columns], shaped);
    }

    /// <summary>A weight [out, in] as it is now, in the order in which products read it.</summary>
    internal virtual PackedWeight Pack(Tensor weight) => new(weight.Clone(), weight.Shape[0], weight.Shape[1], this);

    /// <summary>result = x W^T for rows x, to the same bits as without packing.</summary>
    internal virtual void MultiplyPacked(Tensor x, PackedWeight weight, Tensor result)
    {
        using var rows = x.Alias([result.Shape[0], weight.Depth]);
        MatMul(false, true, rows, weight.Values, result, accumulate: false);
    }

    /// <summary>c = scale * a a^T (or a^T a when transposed), both triangles; adds when asked.</summary>
    internal virtual void SymmetricRankUpdate(bool transposed, Tensor a, Tensor c, double scale, bool accumulate)
    {
        using var product = c.New(c.Shape);
        MatMul(transposed, !transposed, a, a, product, accumulate: false);
        Affine(product, scale, 0, product);
        Put(product, c, accumulate);
    }

    /// <summary>Factors a symmetric positive definite matrix in place, a = L L^T; returns -1, or the first bad pivot.</summary>
    internal virtual int CholeskyFactor(Tensor a)
    {
        using var host = a.To(Device.Cpu);
        int bad = host.Backend.CholeskyFactor(host);
        a.CopyFromInPlace(host);
        return bad;
    }

    /// <summary>Factors several symmetric positive definite matrices in place, of any sizes; returns for each what <see cref="CholeskyFactor"/> does. By
    /// default one after the other.</summary>
    internal virtual int[] CholeskyFactors(Tensor[] matrices) => Array.ConvertAll(matrices, CholeskyFactor);

    /// <summary>x = (L L^T)^-1 b; x may be b.</summary>
    internal virtual void CholeskySolveLeft(Tensor lower, Tensor b, Tensor x)
    {
        using var factor = lower.To(Device.Cpu);
        using var host = b.To(Device.Cpu);
        host.Backend.CholeskySolveLeft(factor, host, host);
        x.CopyFromInPlace(host);
    }

    /// <summary>x = b (L L^T)^-1; x may be b.</summary>
    internal virtual void CholeskySolveRight(Tensor lower, Tensor b, Tensor x)
    {
        using var factor = lower.To(Device.Cpu);
        using var host = b.To(Device.Cpu);
        host.Backend.CholeskySolveRight(factor, host, host);
        x.CopyFromInPlace(host);
    }

    /// <summary>Adds a number to each element of the diagonal of a square matrix.</summary>
    internal virtual void AddToDiagonal(Tensor matrix, double value)
    {
        int n = matrix.Shape[0];
        int[] places = new int[n];
        for (int i = 0; i < n; i++)
            places[i] = i * (n + 1);
        using var indices = Indices(places, [n], matrix);
        using var shares = Tensor.Full([n], value, matrix.DataType, matrix.Device);
        ScatterAddRows(shares, indices, 1, matrix);
    }

    /// <summary>The sum of the diagonal of a square matrix.</summary>
    internal virtual double Trace(Tensor matrix) => Diagonal(matrix).Sum();

    /// <summary>The least and the largest element of the diagonal of a square matrix: infinity and 0 where there is none.</summary>
    internal virtual (double Smallest, double Largest) DiagonalRange(Tensor matrix)
    {
        double[] diagonal = Diagonal(matrix);
        return (diagonal.Append(double.PositiveInfinity).Min(), diagonal.Append(0).Max());
    }

    private double[] Diagonal(Tensor matrix)
    {
        using var diagonal = matrix.New([matrix.Shape[0]]);
        CopyStrided(matrix, [matrix.Shape[0] + 1], diagonal);
        using var wide = diagonal.To(DataType.Float64);
        return wide.ToArray<double>();
    }
}
