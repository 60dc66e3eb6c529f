namespace Kappa.Data.Tables;

/// <summary>What stands in a column of a <see cref="Table"/>.</summary>
public enum ColumnKind
{
    /// <summary>Numbers, in double precision: <see cref="NumberColumn"/>.</summary>
    Number,

    /// <summary>Some few names, each of many rows: <see cref="CategoryColumn"/>.</summary>
    Category,

    /// <summary>Texts that are all different, such as names and remarks: <see cref="TextColumn"/>.</summary>
    Text,

    /// <summary>Days and times: <see cref="DateColumn"/>.</summary>
    Date,
}
