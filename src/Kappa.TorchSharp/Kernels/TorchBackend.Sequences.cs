using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>Products of batches, attention and cross-entropy.</content>
internal sealed partial class TorchBackend
{
    internal override void BatchMatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        if (c.Count == 0)
            return;
        using var call = Call.Begin();
        torch.Tensor left = Narrow(View(a)), right = Narrow(View(b));
        Put(torch.bmm(transposeA ? left.transpose(1, 2) : left, transposeB ? right.transpose(1, 2) : right), View(c), accumulate);
    }

    internal override bool Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor output)
    {
        if (!HasFused(shape))
            return base.Attention(shape, q, k, v, output);
        using var call = Call.Begin();
        _ = Heads(output, shape.Queries, shape).copy_(
            Attended(shape, Narrowed(q, shape.Queries), Narrowed(k, shape.Keys), Narrowed(v, shape.Keys)));
        return false;

        torch.Tensor Narrowed(Tensor x, int length) => Narrow(Heads(x, length, shape));
    }

    internal override void AttentionDerivative(
        AttentionShape shape, bool wide, Tensor q, Tensor k, Tensor v, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        if (!HasFused(shape))
        {
            base.AttentionDerivative(shape, wide, q, k, v, gradient, gradientQ, gradientK, gradientV);
            return;
        }

        using var call = Call.Begin();
        torch.Tensor[] leaves = [Leaf(q, shape.Queries), Leaf(k, shape.Keys), Leaf(v, shape.Keys)];
        IList<torch.Tensor> found;
        using (torch.enable_grad())
        {
            var attended = Attended(shape, leaves[0], leaves[1], leaves[2]);
            found = torch.autograd.grad([attended], leaves, [Narrow(Heads(gradient, shape.Queries, shape))], false, false, false);
        }

        AddTo(gradientQ, found[0], shape.Queries);
        AddTo(gradientK, found[1], shape.Keys);
        AddTo(gradientV, found[2], shape.Keys);

        torch.Tensor Leaf(Tensor x, int length) => Narrow(Heads(x, length, shape)).detach().requires_grad_();

        void AddTo(Tensor? result, torch.Tensor share, int length)
        {
            if (result is not null)
                _ = Heads(result, length, shape).add_(share);
        }
    }

    internal override double CrossEntropy(CrossEntropyTargets targets, Tensor logits)
    {
        using var call = Call.Begin();
        var (labelShare, smoothShare, labels) = Shares(targets, logits);
        var logarithms = torch.nn.functional.log_softmax(InDouble(logits), 1);
        // What has no share is not looked at, infinite or not.
        var chosen = logarithms.gather(1, labels).mul_(labelShare).masked_fill(labelShare.eq(0), 0).sum();
        if (smoothShare is not null)
            chosen += (logarithms * smoothShare).masked_fill(smoothShare.eq(0), 0).sum();
        return -chosen.item<double>();
    }

    internal override void CrossEntropyDerivative(CrossEntropyTargets targets, Tensor logits, double scale, Tensor result)
    {
        using var call = Call.Begin();
        _ = Flat(result).copy_(Slope(targets, logits).mul_(scale).view(-1));
    }

    internal override void CrossEntropyTangent(CrossEntropyTargets targets, Tensor logits, Tensor tangents, double scale, Tensor result)
    {
        using var call = Call.Begin();
        _ = Flat(result).copy_(torch.mv(InDouble(tangents).view(result.Count, -1), Slope(targets, logits).view(-1)).mul_(scale));
    }

    internal override void CrossEntropyDerivativeTangent(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        using var call = Call.Begin();
        var sum = torch.zeros(result.Shape[0], logits.Shape[0], logits.Shape[1], torch.float64, _place);
        if (tangents is not null)
        {
            var (t, p) = (InDouble(tangents).view(sum.shape), torch.nn.functional.softmax(InDouble(logits), 1));
            sum = RowShares(targets, logits) * scale * p * (t - (p * t).sum(2, keepdim: true));
        }

        if (gradientTangent is not null)
            sum = sum + (InDouble(gradientTangent).view(-1, 1, 1) * (Slope(targets, logits) / targets.Weight));
        _ = Flat(result).copy_(sum.view(-1));
    }

    /// <summary>libtorch counts the keys that a query sees from the first; we from the last, which is the same where there are as many queries as
    /// keys.</summary>
    private static bool HasFused(AttentionShape shape) => shape.QuerySize > 0 && shape.KeySize > 0 && (!shape.Causal || shape.Queries == shape.Keys);

    /// <summary>[batch, length, heads, width] as [batch, heads, length, width].</summary>
    private static torch.Tensor Heads(Tensor x, int length, AttentionShape shape) =>
        Flat(x).view(shape.Batch, length, -1, shape.Width).permute(0, 2, 1, 3);

    private static torch.Tensor Attended(AttentionShape shape, torch.Tensor q, torch.Tensor k, torch.Tensor v)
    {
        if (shape.HeadsPerGroup > 1)
            (k, v) = (k.repeat_interleave(shape.HeadsPerGroup, 1), v.repeat_interleave(shape.HeadsPerGroup, 1));
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, null, 0, shape.Causal);
    }

    private static torch.Tensor InDouble(Tensor x) => View(x).to(torch.float64);

    /// <summary>The row's shares softmax(logits) - the share of each class, [rows, classes].</summary>
    private torch.Tensor Slope(CrossEntropyTargets targets, Tensor logits)
    {
        var (labelShare, smoothShare, labels) = Shares(targets, logits);
        var slope = torch.nn.functional.softmax(InDouble(logits), 1) * RowShares(targets, logits);
        if (smoothShare is not null)
            slope -= smoothShare;
        return slope.scatter_add_(1, labels, -labelShare);
    }

    /// <summary>What each row's classes get together, [rows, 1].</summary>
    private torch.Tensor RowShares(CrossEntropyTargets targets, Tensor logits)
    {
        var (labelShare, smoothShare, _) = Shares(targets, logits);
        return smoothShare is null ? labelShare : labelShare + smoothShare.sum(1, keepdim: true);
    }

    /// <summary>What the label's class gets, [rows, 1], what every class gets by smoothing, [rows, classes] or null for nothing, and the labels, 0 where a row
    /// is ignored, [rows, 1].</summary>
    private (torch.Tensor Label, torch.Tensor? Smooth, torch.Tensor Labels) Shares(CrossEntropyTargets targets, Tensor logits)
    {
        int classes = logits.Shape[1];
        var labels = Flat(targets.Labels).to(torch.int64).view(-1, 1);
        var counts = targets.Ignored is { } ignored ? labels.ne(ignored) : torch.ones_like(labels, torch.@bool);
        labels = labels.masked_fill(counts.logical_not(), 0);
        var perClass = torch.tensor(PerClass(targets.LabelShare), device: _place);
        var label = perClass.take(labels) * counts;
        if (targets.Smoothing == 0)
            return (label, null, labels);
        return (label, torch.tensor(PerClass(targets.SmoothShare), device: _place).view(1, -1) * counts, labels);

        double[] PerClass(Func<int, double> share) => [.. Enumerable.Range(0, classes).Select(share)];
    }
}
