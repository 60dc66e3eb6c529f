namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class NetworkDiagnosisTests
{
    [Fact]
    public void Dead_units_singular_values_norms_and_the_Jacobian_are_found()
    {
        var model = new Sequential(
            new Linear(8, 8, initializer: new OrthogonalInitializer(1.5)), new ReLU(), new Linear(8, 8, initializer: new OrthogonalInitializer(0.5)),
            new ReLU(), new Linear(8, 8, initializer: new OrthogonalInitializer(7)));
        _ = model.Initialize(new Philox(1));
        var bias = ((Linear)model.Children[0].Module).Bias!;
        bias.CopyFromInPlace(Tensor.From([9f, 9f, 9f, 9f, 9f, 9f, 9f, 9f], [8]));
        ((Linear)model.Children[2].Module).Bias!.CopyFromInPlace(Tensor.Full([8], 99));
        var probe = Tensor.Uniform([20, 8], new Philox(2), -1, 1);
        var awake = NetworkDiagnosis.Of(model, probe);
        Assert.Equal(0, awake.Dormant);
        Assert.Equal(0.5, awake.SigmaMin, 1e-4);
        Assert.Equal(1.5, awake.SigmaMax, 1e-4);
        Assert.Equal(Math.Sqrt((8 * 2.25) + (8 * 0.25) + (8 * 49)), awake.WeightNorm, 1e-4);
        // Every ReLU is open, so the Jacobian is a product of orthogonal matrices and their gains.
        Assert.Equal(1.5 * 0.5 * 7, awake.JacobianMin, 1e-3);
        Assert.Equal(1.5 * 0.5 * 7, awake.JacobianMax, 1e-3);
        Assert.InRange(awake.KernelRank, 1, NetworkDiagnosis.KernelInputs);

        bias.CopyFromInPlace(Tensor.From([9f, 9f, -9f, 9f, -9f, 9f, 9f, 9f], [8]));
        var partly = NetworkDiagnosis.Of(model, probe);
        Assert.Equal(2 / 16.0, partly.Dormant);
        Assert.Equal(0, partly.JacobianMin, 1e-3);
    }

    [Fact]
    public void The_effective_rank_is_that_of_the_last_hidden_activations()
    {
        // The probe's columns go through unchanged, with squares 16 and 1 as shares of 17.
        var model = new Sequential(new Linear(2, 2, bias: false), new ReLU(), new Linear(2, 3));
        var weight = ((Linear)model.Children[0].Module).Weight;
        weight.CopyFromInPlace(Tensor.From([1f, 0f, 0f, 1f], [2, 2]));
        double expected = Math.Exp(-((16 / 17.0 * Math.Log(16 / 17.0)) + (1 / 17.0 * Math.Log(1 / 17.0))));
        Assert.Equal(expected, NetworkDiagnosis.Of(model, Tensor.From([4f, 0f, 0f, 1f], [2, 2])).EffectiveRank, 1e-6);
    }

    [Fact]
    public void A_network_that_overflows_is_diagnosed_as_unknown_and_reads_back_so()
    {
        var model = new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 2));
        ((Linear)model.Children[0].Module).Weight.CopyFromInPlace(Tensor.Full([2, 2], 3e38));
        var diagnosis = NetworkDiagnosis.Of(model, Tensor.Full([4, 2], 3e38));
        Assert.True(double.IsNaN(diagnosis.EffectiveRank));
        var record = new RunRecord("task", "nonFiniteTasks");
        record.Diagnose(model, Tensor.Full([4, 2], 3e38));
        var read = new RunRecord("task", "nonFiniteTasks").From(System.Text.Json.JsonSerializer.SerializeToElement(record.ToJson()));
        Assert.All(NetworkDiagnosis.Numbers, number => Assert.Equal([number.Of(diagnosis)], read[number.Name]));
    }
}
