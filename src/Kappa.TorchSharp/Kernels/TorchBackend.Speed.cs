using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>What libtorch has of its own.</content>
internal sealed partial class TorchBackend
{
    internal override void Linear(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y)
    {
        var product = beforeActivation ?? y;
        using (Call.Begin())
        {
            var transposed = View(weight).t();
            _ = View(product).copy_(bias is null ? Product(View(x), transposed) : Product(View(x), transposed, View(bias)));
        }

        if (activation != UnaryKernel.Identity || product != y)
            Unary(activation, product, y);
    }

    internal override double Dot(Tensor a, Tensor b)
    {
        using var call = Call.Begin();
        return torch.dot(Flat(a).to(torch.float64), Flat(b).to(torch.float64)).item<double>();
    }

    internal override double SumOfSquares(Tensor x) => Dot(x, x);

    internal override double LargestMagnitude(Tensor x)
    {
        if (x.Count == 0)
            return 0;
        using var call = Call.Begin();
        return Flat(x).abs().amax([0]).to(torch.float64).item<double>();
    }

    internal override void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        using var call = Call.Begin();
        var values = Flat(x).view(rows, length);
        _ = Flat(result).view(rows, length).copy_(logarithm ? torch.nn.functional.log_softmax(values, 1) : torch.nn.functional.softmax(values, 1));
    }

    internal override void SymmetricRankUpdate(bool transposed, Tensor a, Tensor c, double scale, bool accumulate)
    {
        using var call = Call.Begin();
        var matrix = View(a);
        Put((transposed ? torch.mm(matrix.t(), matrix) : torch.mm(matrix, matrix.t())).mul_(scale), View(c), accumulate);
    }

    internal override int CholeskyFactor(Tensor a)
    {
        if (a.Count == 0)
            return -1;
        using var call = Call.Begin();
        var matrix = View(a);
        var (lower, info) = torch.linalg.cholesky_ex(matrix, false);
        _ = matrix.copy_(lower);
        return info.item<int>() - 1;
    }

    internal override int[] CholeskyFactors(Tensor[] matrices)
    {
        int[] bad = new int[matrices.Length];
        Array.Fill(bad, -1);
        foreach (var same in Enumerable.Range(0, bad.Length).Where(i => matrices[i].Count > 0).GroupBy(i => (matrices[i].Shape, matrices[i].DataType)))
        {
            using var call = Call.Begin();
            torch.Tensor[] batch = [.. same.Select(i => View(matrices[i]))];
            var (lower, info) = torch.linalg.cholesky_ex(torch.stack(batch), false);
            foreach (var (matrix, factor) in batch.Zip(lower.unbind(0)))
                _ = matrix.copy_(factor);
            foreach (var (i, pivot) in same.Zip(info.cpu().data<int>().ToArray()))
                bad[i] = pivot - 1;
        }

        return bad;
    }

    internal override void CholeskySolveLeft(Tensor lower, Tensor b, Tensor x)
    {
        using var call = Call.Begin();
        _ = View(x).copy_(torch.cholesky_solve(View(b), View(lower)));
    }

    internal override void CholeskySolveRight(Tensor lower, Tensor b, Tensor x)
    {
        using var call = Call.Begin();
        _ = View(x).copy_(torch.cholesky_solve(View(b).t(), View(lower)).t());
    }

    internal override void AdamW(AdamWUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            if (update.SecondMoment.DataType != update.Value.DataType)
            {
                base.AdamW([update], 1);
                continue;
            }

            using var call = Call.Begin();
            torch.Tensor first = Flat(update.FirstMoment), second = Flat(update.SecondMoment), value = Flat(update.Value);
            var gradient = Flat(update.Gradient) * update.GradientScale;
            _ = first.add_((gradient - first).mul_(1 - update.Beta1));
            _ = second.mul_(update.Beta2).add_(gradient.square().mul_(1 - update.Beta2));
            _ = value.mul_(update.Shrinkage).sub_(first.mul(update.StepSize).div_(second.sqrt().mul_(update.RootScale).add_(update.Epsilon)));
        }
    }
}
