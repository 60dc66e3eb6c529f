namespace Kappa.Onnx.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void What_is_out_of_range_is_refused_with_its_name()
    {
        Refused(new OnnxExportOptions { OperatorSet = 16 }.Validate, "OnnxExportOptions.OperatorSet takes");
        Refused(new OnnxExportOptions { OperatorSet = 23 }.Validate, "OnnxExportOptions.OperatorSet takes");
        Refused(new OnnxExportOptions { InputName = " " }.Validate, "OnnxExportOptions.InputName: expected a name");
        Refused(new OnnxExportOptions { OutputName = "input" }.Validate, "the input is called \"input\" as well");
        Refused(new OnnxExportOptions { SequenceName = "" }.Validate, "OnnxExportOptions.SequenceName: expected a name");
        Refused(new OnnxExportOptions { SequenceName = "batch" }.Validate, "the batch is called \"batch\" as well");
        Refused(new OnnxImportOptions { Dimensions = new Dictionary<string, int> { ["h"] = 0 } }.Validate, "\"h\" takes a length of 1 or more; got 0");
        Refused(new OnnxImportOptions { Fill = new Dictionary<string, double> { ["m"] = double.NaN } }.Validate, "\"m\" takes a finite number; got NaN");
        Refused(new OnnxImportOptions { Frozen = ["a..b"] }.Validate, "\"a..b\": expected parts of a name");

        static void Refused(Action validate, string says) =>
            Assert.Contains(says, Assert.ThrowsAny<ArgumentException>(validate).Message, StringComparison.Ordinal);
    }
}
