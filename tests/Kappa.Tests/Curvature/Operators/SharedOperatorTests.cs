using System.Runtime.InteropServices;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Training;

namespace Kappa.Tests.Curvature.Operators;

[Collection(Tensors.Cpu.KernelCases.Name)]
public sealed class SharedOperatorTests
{
    private const int Pieces = 8;

    private static readonly Dictionary<string, Func<EmpiricalRisk, SymmetricOperator>> Operators = new()
    {
        ["Hessian"] = risk => new HessianOperator(risk),
        ["Gauss-Newton"] = risk => new GaussNewtonOperator(risk),
        ["Fisher"] = risk => new EmpiricalFisherOperator(risk),
        ["increment"] = risk => new IncrementOperator(risk, SmallNetwork.Samples - 1),
    };

    public static TheoryData<string, DataType, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, DataType, int>();
            foreach (string name in Operators.Keys)
            {
                foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
                {
                    // Thirteen batches of one sample, and three for eight pieces.
                    cases.Add(name, type, 1);
                    cases.Add(name, type, 5);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_bits_of_products_do_not_depend_on_how_many_processes_share_the_batches(string name, DataType type, int batchSize)
    {
        double[] alone = Products(name, type, batchSize, Pieces, new SoleProcess());
        foreach (int processes in (int[])[1, 2, 4, 8])
            Assert.All(ThreadGroup.Run(processes, group => Products(name, type, batchSize, Pieces, group)), shared => Assert.Equal(Bits(alone), Bits(shared)));
        double[] whole = Products(name, type, batchSize, null, new SoleProcess());
        double size = whole.Max(Math.Abs);
        Assert.All(whole.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, size * (type == DataType.Float32 ? 1e-5 : 1e-13)));
    }

    [Theory]
    [InlineData(4, 8, "pieces: 4 pieces of a batch are shared by at most 4 processes; got 8")]
    [InlineData(6, 1, "pieces: expected a power of two, such as 8; got 6")]
    [InlineData(null, 2, "RiskOptions.Pieces: 2 processes share the pieces of a sum; expected how many, such as 8; got none")]
    public void Batches_that_processes_cannot_share_are_refused(int? pieces, int processes, string expected)
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => ThreadGroup.Run(processes, group =>
            {
                new RiskOptions { Pieces = pieces, Processes = group }.Validate();
                return 0;
            }));
        Assert.StartsWith(expected, error.Message);
    }

    /// <summary>Two products, the gradient and the value.</summary>
    private static double[] Products(string name, DataType type, int batchSize, int? pieces, IProcessGroup group)
    {
        var network = new SmallNetwork(type);
        var risk = new EmpiricalRisk(
            network.Model, Loss.CrossEntropy, network.Source, new RiskOptions { BatchSize = batchSize, Pieces = pieces, Processes = group });
        var vectors = Tensor.Normal([2, risk.Dimension], new Philox(9), type: type);
        return [
            .. Operators[name](risk).MatMat(vectors).To(DataType.Float64).ToArray<double>(),
            .. risk.Gradient(0, SmallNetwork.Samples).To(DataType.Float64).ToArray<double>(), risk.Value(1, SmallNetwork.Samples - 1),
        ];
    }

    private static long[] Bits(double[] values) => MemoryMarshal.Cast<double, long>(values.AsSpan()).ToArray();
}
