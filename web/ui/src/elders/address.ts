/** An address in the parts that a form has. */
export interface AddressParts { community: string; estate: string; road: string; building: string; unit: string; room: string; floor: number; lift: boolean }

export const NO_ADDRESS: AddressParts = { community: "", estate: "", road: "", building: "", unit: "", room: "", floor: 1, lift: false };
