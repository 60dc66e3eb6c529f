using Kappa.Networks.Layers;
using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Norms, softmax and dropout.</summary>
internal static class Normalizations
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("BatchNormalization", BatchNormalization);
        all.Add("LayerNormalization", LayerNormalization);
        all.Add("Softmax", node => Softmax(node, x => x.Softmax()));
        all.Add("LogSoftmax", node => Softmax(node, x => x.LogSoftmax()));
        all.Add("Dropout", node =>
        {
            _ = node.Takes(1, 3).Gives(1).Ignores("ratio", "seed", "is_test", "consumed_inputs");
            return call => [call.Any(0)];
        });
    }

    private static Operator BatchNormalization(NodeReader node)
    {
        _ = node.Takes(5, 5).Gives(1).Ignores("training_mode", "is_test", "consumed_inputs");
        double epsilon = node.Number("epsilon", 1e-5), momentum = node.Number("momentum", 0.9);
        if (!node.Flag("spatial", true))
            throw node.Fault("its spatial is 0, a normalisation of each pixel by itself; Kappa has one for each channel");
        if (momentum is < 0 or > 1)
            throw node.Fault($"its momentum is {momentum}; expected 0 to 1");
        var (mean, variance) = (node.Buffer(3), node.Buffer(4));
        if (mean is null || variance is null)
            throw node.Fault("its mean and variance are computed by the graph; expected initializers");
        if (mean.Rank != 1 || variance.Shape != mean.Shape)
            throw node.Fault($"its mean is {mean.Shape} and its variance {variance.Shape}; expected one number for each channel");
        // The format keeps the share of what was, Kappa that of the batch.
        var statistics = new RunningStatistics(node.Place, mean, variance, epsilon, 1 - momentum);
        return call => [new Numbers(call.IsTraining
            ? statistics.Train(call.Tensor(0), call.Tensor(1), call.Tensor(2))
            : statistics.Evaluate(call.Tensor(0), call.Tensor(1), call.Tensor(2)))];
    }

    private static Operator LayerNormalization(NodeReader node)
    {
        _ = node.Takes(2, 3).Gives(1).Ignores("stash_type");
        double epsilon = node.Number("epsilon", 1e-5);
        int first = node.Small("axis", -1);
        return call =>
        {
            var x = call.Tensor(0);
            int axis = x.Shape.NormalizeAxis(first, "LayerNormalization");
            int[] lengths = x.Shape.ToArray();
            var normal = axis == x.Rank - 1
                ? x.LayerNorm(epsilon)
                : x.Reshape([.. lengths[..axis], new Shape(lengths[axis..]).Count]).LayerNorm(epsilon).Reshape(x.Shape);
            var scaled = normal * call.Tensor(1);
            return [new Numbers(call.Has(2) ? scaled + call.Tensor(2) : scaled)];
        };
    }

    private static Operator Softmax(NodeReader node, Func<Tensor, Tensor> function)
    {
        bool isOld = node.Takes(1, 1).Opset < 13;
        int given = node.Small("axis", isOld ? 1 : -1);
        return call =>
        {
            var x = call.Tensor(0);
            int axis = x.Shape.NormalizeAxis(given, node.Kind);
            if (axis == x.Rank - 1)
                return [new Numbers(function(x))];
            // Before opset 13 it is over all axes from this one on.
            if (isOld)
                return [new Numbers(function(x.Reshape([new Shape(x.Shape.ToArray()[..axis]).Count, new Shape(x.Shape.ToArray()[axis..]).Count]))
                    .Reshape(x.Shape))];
            int[] order = Movement.LastIs(axis, x.Rank);
            return [new Numbers(Movement.Permuted(function(Movement.Permuted(x, order)), order))];
        };
    }
}
