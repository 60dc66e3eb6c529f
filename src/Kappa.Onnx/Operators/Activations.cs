using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Functions of one argument, elementwise.</summary>
internal static class Activations
{
    private static readonly double RootOfTwoOverPi = Math.Sqrt(2 / Math.PI);

    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        Plain("Relu", x => x.Relu());
        Plain("Sigmoid", x => x.Sigmoid());
        Plain("Tanh", x => x.Tanh());
        Plain("Erf", x => x.Erf());
        Plain("Sin", x => x.Sin());
        Plain("Cos", x => x.Cos());
        Plain("Exp", x => x.Exp());
        Plain("Log", x => x.Log());
        Plain("Sqrt", x => x.Sqrt());
        Plain("Abs", x => x.Abs());
        Plain("Reciprocal", x => x.Reciprocal());
        Plain("Softplus", Softplus);
        Plain("Softsign", x => x / (x.Abs() + 1));
        Plain("HardSwish", x => x * ((x / 6) + 0.5).Clip(0, 1));
        Plain("Mish", x => x * Softplus(x).Tanh());
        all.Add("Swish", node =>
        {
            double alpha = node.Takes(1, 1).Number("alpha", 1);
            return Of(x => alpha == 1 ? x.Silu() : x * (x * alpha).Sigmoid());
        });
        all.Add("Gelu", node => node.Takes(1, 1).Text("approximate", "none") switch
        {
            "none" => Of(x => x.Gelu()),
            "tanh" => Of(x => x * 0.5 * (((x + (x * x * x * 0.044715)) * RootOfTwoOverPi).Tanh() + 1)),
            var other => throw node.Fault($"its approximate is {OnnxException.Quote(other)}; expected \"none\" or \"tanh\""),
        });
        all.Add("LeakyRelu", node =>
        {
            double slope = node.Takes(1, 1).Number("alpha", 0.01);
            return Of(x => slope == 0 ? x.Relu() : x.Relu() - ((-x).Relu() * slope));
        });
        all.Add("Elu", node =>
        {
            double alpha = node.Takes(1, 1).Number("alpha", 1);
            return Of(x => x.Relu() + (Tail(x) * alpha));
        });
        all.Add("Selu", node =>
        {
            double alpha = node.Takes(1, 1).Number("alpha", 1.67326319217681884765625);
            double gamma = node.Number("gamma", 1.05070102214813232421875);
            return Of(x => (x.Relu() + (Tail(x) * alpha)) * gamma);
        });
        all.Add("HardSigmoid", node =>
        {
            double alpha = node.Takes(1, 1).Number("alpha", 0.2), beta = node.Number("beta", 0.5);
            return Of(x => ((x * alpha) + beta).Clip(0, 1));
        });
        all.Add("PRelu", node =>
        {
            _ = node.Takes(2, 2);
            return call => [new Numbers(call.Tensor(0).Relu() - ((-call.Tensor(0)).Relu() * call.Tensor(1)))];
        });
        all.Add("Clip", Clip);

        void Plain(string name, Func<Tensor, Tensor> function) => all.Add(name, node =>
        {
            _ = node.Takes(1, 1);
            return Of(function);
        });
    }

    private static Operator Of(Func<Tensor, Tensor> function) => call => [new Numbers(function(call.Tensor(0)))];

    /// <summary>log(1 + exp(x)), without overflow.</summary>
    private static Tensor Softplus(Tensor x) => x.Relu() + ((-x.Abs()).Exp() + 1).Log();

    /// <summary>exp(x) - 1 below zero, and 0 above.</summary>
    private static Tensor Tail(Tensor x) => (-(-x).Relu()).Exp() - 1;

    private static Operator Clip(NodeReader node)
    {
        if (node.Opset >= 11)
        {
            _ = node.Takes(1, 3);
            return call => [call.Any(0) is Integers integers
                ? Logic.Map(integers, value => Math.Clamp(value, call.Has(1) ? call.Single(1) : long.MinValue, call.Has(2) ? call.Single(2) : long.MaxValue))
                : new Numbers(Between(call.Tensor(0), call.Has(1) ? call.Tensor(1).ToDouble() : null, call.Has(2) ? call.Tensor(2).ToDouble() : null))];
        }

        double? low = node.HasAttribute("min") ? node.Number("min", 0) : null, high = node.HasAttribute("max") ? node.Number("max", 0) : null;
        _ = node.Takes(1, 1);
        return Of(x => Between(x, low, high));
    }

    private static Tensor Between(Tensor x, double? low, double? high) => (low, high) switch
    {
        (0, null) => x.Relu(),
        (null, null) => x,
        _ => x.Clip(low ?? double.NegativeInfinity, high ?? double.PositiveInfinity),
    };
}
