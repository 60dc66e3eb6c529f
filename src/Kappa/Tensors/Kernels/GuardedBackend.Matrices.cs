namespace Kappa.Tensors.Kernels;

/// <content>Matrices, and the updates of optimizers.</content>
internal sealed partial class GuardedBackend
{
    internal override void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        int k = transposeA ? a.Shape[0] : a.Shape[1];
        Reads(a, (long)c.Shape[0] * k);
        Reads(b, (long)c.Shape[1] * k);
        Writes(c, c.Count);
        kernels.MatMul(transposeA, transposeB, a, b, c, accumulate);
    }

    internal override void BatchMatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        long k = transposeA ? a.Shape[1] : a.Shape[2];
        Reads(a, c.Shape[0] * c.Shape[1] * k);
        Reads(b, c.Shape[0] * c.Shape[2] * k);
        Writes(c, c.Count);
        kernels.BatchMatMul(transposeA, transposeB, a, b, c, accumulate);
    }

    internal override void SymmetricRankUpdate(bool transposed, Tensor a, Tensor c, double scale, bool accumulate)
    {
        Reads(a, (long)c.Shape[0] * a.Shape[transposed ? 0 : 1]);
        Writes(c, (long)c.Shape[0] * c.Shape[0]);
        kernels.SymmetricRankUpdate(transposed, a, c, scale, accumulate);
    }

    internal override int CholeskyFactor(Tensor a)
    {
        Writes(a, (long)a.Shape[0] * a.Shape[0]);
        return kernels.CholeskyFactor(a);
    }

    internal override int[] CholeskyFactors(Tensor[] matrices)
    {
        foreach (var matrix in matrices)
            Writes(matrix, (long)matrix.Shape[0] * matrix.Shape[0]);
        return kernels.CholeskyFactors(matrices);
    }

    internal override void CholeskySolveLeft(Tensor lower, Tensor b, Tensor x)
    {
        Reads(lower, (long)b.Shape[0] * b.Shape[0]);
        Reads(b, b.Count);
        Writes(x, b.Count);
        kernels.CholeskySolveLeft(lower, b, x);
    }

    internal override void CholeskySolveRight(Tensor lower, Tensor b, Tensor x)
    {
        Reads(lower, (long)b.Shape[1] * b.Shape[1]);
        Reads(b, b.Count);
        Writes(x, b.Count);
        kernels.CholeskySolveRight(lower, b, x);
    }

    internal override void AdamW(AdamWUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            Reads(update.Gradient, update.Value.Count);
            Writes(update.FirstMoment, update.Value.Count);
            Writes(update.SecondMoment, update.Value.Count);
            Writes(update.Value, update.Value.Count);
        }

        kernels.AdamW(updates, count);
    }

    internal override void Sgd(SgdUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            Reads(update.Gradient, update.Value.Count);
            Writes(update.Velocity, update.Value.Count);
            Writes(update.Value, update.Value.Count);
        }

        kernels.Sgd(updates, count);
    }

    internal override void Signum(SignumUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            Reads(update.Gradient, update.Value.Count);
            Writes(update.Mean, update.Value.Count);
            Writes(update.Value, update.Value.Count);
        }

        kernels.Signum(updates, count);
    }

    internal override void Momentum(Tensor gradient, double scale, Tensor momentum, double decay, bool nesterov, Tensor result)
    {
        Reads(gradient, result.Count);
        Writes(momentum, result.Count);
        Writes(result, result.Count);
        kernels.Momentum(gradient, scale, momentum, decay, nesterov, result);
    }

    internal override void Sign(Tensor x)
    {
        Writes(x, x.Count);
        kernels.Sign(x);
    }

    internal override void DivideByRootMeanSquare(Tensor x, Tensor secondMoment, double decay, double epsilon)
    {
        Writes(x, x.Count);
        Writes(secondMoment, x.Count);
        kernels.DivideByRootMeanSquare(x, secondMoment, decay, epsilon);
    }
}
