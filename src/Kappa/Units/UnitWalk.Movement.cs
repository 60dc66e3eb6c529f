using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <content>Operations that move elements, or choose and average among them.</content>
internal sealed partial class UnitWalk
{
    /// <summary>The labels go where the elements go: the operation runs on the labels themselves.</summary>
    private int[] Move(GraphNode node)
    {
        using var scope = TensorScope.Begin();
        var inputs = new Tensor[node.InputCount];
        for (int i = 0; i < inputs.Length; i++)
        {
            // Labels are whole numbers far below 2^53, which Float64 holds exactly.
            inputs[i] = Tensor.From(Array.ConvertAll(LabelsOf(node.Input(i)), label => (double)label), node.Input(i).Shape);
        }

        return Array.ConvertAll(Replay.Run(node, inputs).ToArray<double>(), label => (int)label);
    }

    private int[] Pool(Tensor x, PoolingGeometry geometry)
    {
        int[] labels = LabelsOf(x);
        var result = new int[geometry.Planes * geometry.OutputPixels];
        for (int i = 0; i < result.Length; i++)
        {
            int plane = i / geometry.OutputPixels * geometry.InputPixels;
            int top = (i % geometry.OutputPixels / geometry.OutputWidth * geometry.Stride) - geometry.Padding;
            int left = (i % geometry.OutputWidth * geometry.Stride) - geometry.Padding;
            int label = -1;
            for (int y = Math.Max(top, 0); y < Math.Min(top + geometry.Kernel, geometry.Height); y++)
            {
                for (int column = Math.Max(left, 0); column < Math.Min(left + geometry.Kernel, geometry.Width); column++)
                {
                    int other = labels[plane + (y * geometry.Width) + column];
                    label = label < 0 || label == other ? other : Labels.Union(label, other);
                }
            }

            result[i] = Math.Max(label, UnitLabels.Fixed);
        }

        return result;
    }

    private int[] Sort(SelectionNode node)
    {
        var x = node.Input(0);
        int[] labels = LabelsOf(x);
        int inner = SliceNode.Inner(x.Shape, 1);
        for (int i = 0; i < labels.Length; i++)
        {
            int channel = i / inner % x.Shape[1];
            if (channel % node.Group > 0)
                _ = Labels.Union(labels[i], labels[i - inner]);
        }

        return labels;
    }

    private int[] Along(Tensor x, int? axis)
    {
        int[] labels = LabelsOf(x);
        return axis is { } along
            ? Rows(labels, ReductionNode.Extent(x.Shape, 0, along), x.Shape[along], SliceNode.Inner(x.Shape, along))
            : Columns(labels, 1, 1, labels.Length);
    }

    /// <summary>One label for each of <c>[outer, inner]</c>, united over the axis between.</summary>
    private int[] Rows(int[] labels, int outer, int length, int inner)
    {
        var result = new int[outer * inner];
        for (int i = 0; i < result.Length; i++)
        {
            int start = (i / inner * length * inner) + (i % inner);
            result[i] = labels[start];
            for (int j = 1; j < length; j++)
                result[i] = Labels.Union(result[i], labels[start + (j * inner)]);
        }

        return result;
    }
}
