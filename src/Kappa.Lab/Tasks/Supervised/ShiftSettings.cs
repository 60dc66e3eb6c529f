namespace Kappa.Lab.Tasks.Supervised;

/// <summary>How inputs differ where a model is deployed, and by how much.</summary>
public record ShiftSettings
{
    /// <summary>How they differ.</summary>
    [Setting("how the inputs differ where the model is deployed: noise, pictures out of focus, columns of a table (or pixels) that are not there")]
    public Shift Shift { get; init; } = Shift.Noise;

    /// <summary>How much.</summary>
    [Setting("how much they differ: the noise's standard deviation, the blur's in pixels, or the share that is missing", AtLeast = 0, OnceEach = true)]
    public IReadOnlyList<double> Strengths { get; init; } = [0.1, 0.3, 1];

    /// <summary>The columns that go missing, in this order; none: all, in an order that is drawn.</summary>
    [Setting(
        "missing: the columns of a table that go missing, in this order, of which each strength is a share; left out, all, in an order that shiftSeed draws",
        MayBeEmpty = true, OnceEach = true)]
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Decides the noise, and the order in which columns or pixels go missing.</summary>
    [Setting("decides the noise, and the order in which columns or pixels go missing", AtLeast = 0)]
    public int ShiftSeed { get; init; }

    /// <summary>What a strength counts, for the axis of a plot.</summary>
    internal string Unit(DataContent content) => Shift switch
    {
        Shift.Noise => "standard deviation of the noise",
        Shift.Blur => "standard deviation of the blur, pixels",
        _ => content == DataContent.Rows ? "share of columns that are missing" : "share of pixels that are missing",
    };

    /// <summary>Checks what goes with a data set.</summary>
    /// <exception cref="ConfigException">It does not; the message names the setting.</exception>
    internal void CheckFor(Choice<DataKind> data, SettingsCheck check)
    {
        bool isTable = data.Kind.Content == DataContent.Rows;
        if (data.Kind.IsText)
            throw check.Fault(nameof(Shift), $"{data.Name} holds text, which is measured as it is; leave it out");
        if (Shift == Shift.Blur && data.Kind.Content != DataContent.Pictures)
            throw check.Fault(nameof(Shift), $"blur is for pictures, and {data.Name} holds rows; expected noise or missing");
        if (Shift == Shift.Missing && Strengths.Any(strength => strength > 1))
            throw check.Fault(nameof(Strengths), "expected shares of what is missing, at most 1");
        if (Columns.Count > 0 && (Shift != Shift.Missing || !isTable))
            throw check.Fault(nameof(Columns), $"they are for the shift missing of tables; got {Setting.NameOf(Shift.ToString())} of {data.Name}");
        if (Shift == Shift.Missing && data.Settings is TableSettings { Missing: "error" })
        {
            throw check.Fault(
                nameof(Shift), "a table whose missing values are an error cannot lack a column; set missing of the data to \"mean\", or take noise");
        }
    }
}
